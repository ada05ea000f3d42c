import { applyRemoval, planRemoval, type Removal } from '../../../shared/provision/deprovision.ts';
import { confirm } from '../../ask.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { Interrupted } from '../../errors.ts';
import { addProvisionOptions, type ProvisionOptions } from '../../provision/options.ts';
import { openAccount } from '../../provision/provision.ts';

export const addDeprovisionInfra: AddCommand = (group, around) => {
  const command = addCommand(group, 'deprovision-infra <name>', {
    description: 'Remove what provisioning made for a work pool in its cloud, and nothing else. May be run again.',
    examples: [
      'pushpool work-pool deprovision-infra my-pool --dry-run',
      'pushpool work-pool deprovision-infra my-pool --with-key',
    ],
  });
  addProvisionOptions(command).action(action(around, deprovision));
};

const deprovision: Run<[string], ProvisionOptions> = async (context, options, name) => {
  const client = await context.client();
  const pool = await client.workPools.read(name);
  const { account, provisioning } = await openAccount(context, client, pool, options);
  const { provisioner } = account;
  const removals = await context.out.during('Looking at what is there', () => planRemoval(provisioner, provisioning));
  const removed = removals.filter(({ action }) => action === 'remove');
  context.out.note(planOf(name, provisioner.place(provisioning), removals));
  if (removed.length > 0 && !options.dryRun) {
    if (!(await confirm(context, `Remove ${removed.length} resources?`, options))) {
      throw new Interrupted('Nothing was removed.');
    }
    await context.out.during('Removing', (step) =>
      applyRemoval(provisioner, provisioning, removals, ({ line }) => {
        step(`Removed ${line}`);
        context.signal.throwIfAborted();
      }),
    );
  }
  await context.out.result({ name, removals, removed: options.dryRun ? [] : removed.map(({ id }) => id) }, () =>
    options.dryRun || removed.length === 0
      ? 'Nothing was removed.'
      : `Removed ${removed.length} resources. Delete the pool with \`pushpool work-pool delete "${name}"\`.`,
  );
};

function planOf(pool: string, place: string, removals: readonly Removal[]): string {
  const removed = removals.filter(({ action }) => action === 'remove').map(({ line }) => `  - ${line}`);
  const kept = removals.filter(({ action }) => action === 'keep').map(({ line, why }) => `  - ${line}: ${why}`);
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
