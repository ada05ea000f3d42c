import { type AddCommand, addGroup } from '../../command.ts';
import { addCreate } from './create.ts';
import { addDelete } from './delete.ts';
import { addInspect } from './inspect.ts';
import { addLs } from './ls.ts';
import { addTypeLs } from './type-ls.ts';

export const addBlockCommands: AddCommand = (program, around) => {
  const group = addGroup(program, 'block', 'Blocks: credentials and other settings that pools and flows refer to.');
  for (const add of [addCreate, addLs, addInspect, addDelete]) add(group, around);
  addTypeLs(addGroup(group, 'type', 'Types of blocks.'), around);
};
