import { isPushPool } from '../../../shared/domain/work-pool.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { addProvisionOptions, type ProvisionOptions } from '../../provision/options.ts';
import { provision, showNextSteps } from '../../provision/provision.ts';
import { recordInfrastructure } from '../../provision/record.ts';
import { smokeTest } from '../../provision/smoke-test.ts';

export const addProvisionInfra: AddCommand = (group, around) => {
  const command = addCommand(group, 'provision-infra <name>', {
    description: 'Make what a push work pool needs in its cloud, and point the pool at it. May be run again.',
    examples: [
      'pushpool work-pool provision-infra my-pool',
      'pushpool work-pool provision-infra my-pool --dry-run',
      'pushpool work-pool provision-infra my-pool --rotate-key',
      'pushpool work-pool provision-infra my-pool --region eu-central-1 --names names.json --yes',
    ],
  }).alias('provision-infrastructure');
  addProvisionOptions(command)
    .option('--rotate-key', 'put a new key into the credentials block, and delete the old one')
    .action(action(around, provisionInfra));
};

const provisionInfra: Run<[string], ProvisionOptions> = async (context, options, name) => {
  const client = await context.client();
  const pool = await client.workPools.read(name);
  if (!isPushPool(pool.type)) {
    throw new UsageError(
      `Work pool "${name}" is of the type "${pool.type}" and needs no infrastructure: workers run its flows.`,
    );
  }
  const done = await provision(context, { ...pool, template: pool.base_job_template }, options);
  if (done.outcome === 'applied') {
    await client.workPools.update(name, { base_job_template: done.template });
    await recordInfrastructure(client, name, done.there);
    await showNextSteps(context, name, done);
    if (options.smokeTest) await smokeTest(context, client, pool);
  }
  const { outcome, steps } = done;
  await context.out.result({ name, outcome, steps }, () => SAID[outcome]);
};

const SAID = {
  applied: 'Its runs are submitted as soon as they are due.',
  declined: 'Nothing was changed.',
  planned: 'Nothing was changed: this was the plan.',
};
