import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { table } from '../../output/table.ts';

export const addLs: AddCommand = (group, around) => {
  addCommand(group, 'ls', {
    description: 'List the work pools.',
    examples: ['pushpool work-pool ls', 'pushpool work-pool ls --json'],
  }).action(action(around, ls));
};

const ls: Run<[], object> = async ({ out, client }) => {
  const pools = await (await client()).workPools.list();
  await out.result(pools, () =>
    table(
      pools,
      [
        { head: 'name', cell: (pool) => pool.name },
        { head: 'type', cell: (pool) => pool.type },
        { head: 'status', cell: (pool) => pool.status ?? '-' },
        { head: 'limit', cell: (pool) => (pool.concurrency_limit === null ? '-' : String(pool.concurrency_limit)) },
        { head: 'in use', cell: (pool) => (pool.active_slots === null ? '-' : String(pool.active_slots)) },
        { head: 'description', cell: (pool) => pool.description ?? '' },
      ],
      'There are no work pools. Make one: pushpool work-pool create my-pool --type process:push',
    ),
  );
};
