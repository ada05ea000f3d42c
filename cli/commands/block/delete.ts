import { confirm } from '../../ask.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { Interrupted } from '../../errors.ts';
import { blockName, readBlock } from './name.ts';

export const addDelete: AddCommand = (group, around) => {
  addCommand(group, 'delete <type/name>', {
    description: 'Delete a block. What refers to it will not find it any more.',
    examples: ['pushpool block delete aws-credentials/my-keys --yes'],
  })
    .option('-y, --yes', 'do not ask')
    .action(action(around, remove));
};

const remove: Run<[string], { readonly yes?: boolean }> = async (context, options, name) => {
  const client = await context.client();
  const block = await readBlock(client, name);
  if (!(await confirm(context, `Delete the block "${blockName(block)}"?`, options))) {
    throw new Interrupted('Nothing was deleted.');
  }
  await client.blocks.delete(block.id);
  await context.out.result(block, () => `Deleted block "${blockName(block)}".`);
};
