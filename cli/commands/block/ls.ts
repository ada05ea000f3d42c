import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { table } from '../../output/table.ts';
import { relative } from '../../output/times.ts';
import { blockName } from './name.ts';

export const addLs: AddCommand = (group, around) => {
  addCommand(group, 'ls', { description: 'List the blocks.', examples: ['pushpool block ls'] }).action(
    action(around, ls),
  );
};

const ls: Run<[], object> = async ({ out, client }) => {
  const blocks = await (await client()).blocks.list();
  const now = new Date();
  await out.result(blocks, () =>
    table(
      blocks,
      [
        { head: 'block', cell: blockName },
        { head: 'id', cell: ({ id }) => id },
        { head: 'updated', cell: ({ updated }) => relative(updated, now) },
      ],
      'There are no blocks. Make one: pushpool block create --type aws-credentials --name my-keys -f block.json',
    ),
  );
};
