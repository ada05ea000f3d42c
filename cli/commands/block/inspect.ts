import type { BlockDocument } from '../../../shared/api/client/blocks.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { details } from '../../output/table.ts';
import { blockName, readBlock } from './name.ts';

export const addInspect: AddCommand = (group, around) => {
  addCommand(group, 'inspect <type/name>', {
    description: 'Show a block; its secrets stay hidden.',
    examples: ['pushpool block inspect aws-credentials/my-keys'],
  }).action(action(around, inspect));
};

const inspect: Run<[string], object> = async ({ out, client }, _options, name) => {
  const block = await readBlock(await client(), name);
  await out.result(block, () => showBlock(block));
};

/** A block for people. */
export const showBlock = (block: BlockDocument): Promise<string> =>
  details({ Block: blockName(block), Type: block.block_type_name, Id: block.id, ...block.data });
