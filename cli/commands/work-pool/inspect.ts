import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { showPool } from './show.ts';

export const addInspect: AddCommand = (group, around) => {
  addCommand(group, 'inspect <name>', {
    description: 'Show a work pool; with --json its template too.',
    examples: ['pushpool work-pool inspect my-pool', 'pushpool work-pool inspect my-pool --json'],
  }).action(action(around, inspect));
};

const inspect: Run<[string], object> = async ({ out, client }, _options, name) => {
  const pool = await (await client()).workPools.read(name);
  await out.result(pool, () => showPool(pool));
};
