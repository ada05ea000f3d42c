import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { showPool } from './show.ts';

export const addResume: AddCommand = (group, around) => {
  addCommand(group, 'resume <name>', {
    description: 'Let the runs of a paused work pool go.',
    examples: ['pushpool work-pool resume my-pool'],
  }).action(action(around, resume));
};

const resume: Run<[string], object> = async ({ out, client }, _options, name) => {
  const { workPools } = await client();
  await workPools.update(name, { is_paused: false });
  const pool = await workPools.read(name);
  out.note(`Resumed work pool "${name}".`);
  await out.result(pool, () => showPool(pool));
};
