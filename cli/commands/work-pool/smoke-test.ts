import { isPushPool } from '../../../shared/domain/work-pool.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { smokeTest } from '../../provision/smoke-test.ts';

export const addSmokeTest: AddCommand = (group, around) => {
  addCommand(group, 'smoke-test <name>', {
    description:
      'Run a container that does nothing in a push work pool, to see that it works. Costs what a short run costs.',
    examples: ['pushpool work-pool smoke-test my-pool'],
  }).action(action(around, test));
};

const test: Run<[string], object> = async (context, _options, name) => {
  const client = await context.client();
  const pool = await client.workPools.read(name);
  if (!isPushPool(pool.type)) {
    throw new UsageError(`Work pool "${name}" is of the type "${pool.type}": its runs wait for a worker.`);
  }
  await smokeTest(context, client, pool);
  await context.out.result({ name, works: true }, () => 'Completed.');
};
