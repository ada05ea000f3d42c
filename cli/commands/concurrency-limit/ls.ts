import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { table } from '../../output/table.ts';

export const addLs: AddCommand = (group, around) => {
  addCommand(group, 'ls', {
    description: 'List the global concurrency limits.',
    examples: ['pushpool concurrency-limit ls'],
  }).action(action(around, ls));
};

const ls: Run<[], object> = async ({ out, client }) => {
  const limits = await (await client()).concurrencyLimits.list();
  await out.result(limits, () =>
    table(
      limits,
      [
        { head: 'name', cell: ({ name }) => name },
        { head: 'limit', cell: ({ limit }) => String(limit) },
        { head: 'in use', cell: ({ active_slots }) => String(active_slots) },
        { head: 'active', cell: ({ active }) => (active ? 'yes' : 'no') },
        { head: 'freed/s', cell: ({ slot_decay_per_second: decay }) => (decay === 0 ? '-' : String(decay)) },
      ],
      'There are no concurrency limits. Make one: pushpool concurrency-limit create NAME --limit 5',
    ),
  );
};
