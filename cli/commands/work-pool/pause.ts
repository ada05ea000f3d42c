import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { showPool } from './show.ts';

export const addPause: AddCommand = (group, around) => {
  addCommand(group, 'pause <name>', {
    description: 'Hold back the runs of a work pool; those that run go on.',
    examples: ['pushpool work-pool pause my-pool'],
  }).action(action(around, pause));
};

const pause: Run<[string], object> = async ({ out, client }, _options, name) => {
  const { workPools } = await client();
  await workPools.update(name, { is_paused: true });
  const pool = await workPools.read(name);
  out.note(`Paused work pool "${name}".`);
  await out.result(pool, () => showPool(pool));
};
