import type { Client } from '../../../shared/api/client/client.ts';
import { applyRemoval, planRemoval, type Removal } from '../../../shared/provision/deprovision.ts';
import { confirm } from '../../ask.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { Interrupted } from '../../errors.ts';
import { interruptible } from '../../provision/interruptible.ts';
import { addPlaceOptions, type PlaceOptions } from '../../provision/options.ts';
import { otherPools } from '../../provision/other-pools.ts';
import { openAccount } from '../../provision/provision.ts';
import { recordInfrastructure } from '../../provision/record.ts';

export const addDeprovisionInfra: AddCommand = (group, around) => {
  const command = addCommand(group, 'deprovision-infra <name>', {
    description: 'Remove what provisioning made for a work pool in its cloud, and nothing else. May be run again.',
    examples: [
      'pushpool work-pool deprovision-infra my-pool --dry-run',
      'pushpool work-pool deprovision-infra my-pool --region eu-central-1 --yes',
      'pushpool work-pool deprovision-infra a-deleted-pool --type ecs:push',
    ],
  });
  addPlaceOptions(command)
    .option('-t, --type <type>', 'type of the work pool, when that is deleted already or was never made')
    .action(action(around, deprovision));
};

interface Options extends PlaceOptions {
  readonly type?: string;
}

const deprovision: Run<[string], Options> = async (context, options, name) => {
  const client = await context.client();
  const { type } = options;
  const pool = type === undefined ? await readPool(client, name) : { name, type };
  // with a key, as then nobody is asked for a role: what is looked for is everything that may have been made
  const removing = { ...options, withKey: true };
  const { account, provisioning } = await openAccount(context, pool, removing, { removing: true });
  const { provisioner } = account;
  const removals = await context.out.during('Looking at what is there', async () =>
    planRemoval(provisioner, provisioning, await otherPools(client, pool)),
  );
  const removed = removals.filter(({ action }) => action === 'remove');
  context.out.note(planOf(name, provisioner.place(provisioning), removals));
  if (removed.length > 0 && !options.dryRun) {
    if (!(await confirm(context, `Remove ${counted(removed)}?`, options))) {
      throw new Interrupted('Nothing was removed.');
    }
    const remove = (step: (text: string) => void) =>
      applyRemoval(provisioner, provisioning, removals, ({ line }) => {
        step(`Removed ${line}`);
        context.signal.throwIfAborted();
      });
    await interruptible(
      context,
      () => context.out.during('Removing', remove),
      () => 'Run the same command again to remove the rest.',
    );
    const kept = removals.filter(({ action }) => action === 'keep').map(({ line }) => line);
    const { names } = provisioning;
    await recordInfrastructure(client, name, {
      place: provisioner.place(provisioning),
      things: kept,
      names: { ...names },
    });
  }
  await context.out.result({ name, removals, removed: options.dryRun ? [] : removed.map(({ id }) => id) }, () =>
    options.dryRun || removed.length === 0
      ? 'Nothing was removed.'
      : `Removed ${counted(removed)}. Delete the pool with \`pushpool work-pool delete "${name}"\`.`,
  );
};

async function readPool(client: Client, name: string) {
  const pool = await client.workPools.read(name);
  return { ...pool, template: pool.base_job_template };
}

const counted = ({ length }: readonly Removal[]): string => `${length} resource${length === 1 ? '' : 's'}`;

function planOf(pool: string, place: string, removals: readonly Removal[]): string {
  const removed = removals.filter(({ action }) => action === 'remove').map(({ line }) => `  - ${line}`);
  const kept = removals.filter(({ action }) => action === 'keep').map(({ line, why }) => `  - ${line} (${why})`);
  return [
    '',
    removed.length > 0
      ? `What pushpool made for work pool ${pool} and will remove:`
      : `Nothing is there that pushpool made for work pool ${pool} alone.`,
    ...removed,
    ...(kept.length > 0 ? ['', 'What stays:', ...kept] : []),
    '',
    `Where: ${place}`,
    '',
  ].join('\n');
}
