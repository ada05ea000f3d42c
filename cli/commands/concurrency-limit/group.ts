import { type AddCommand, addGroup } from '../../command.ts';
import { addCreate } from './create.ts';
import { addDelete } from './delete.ts';
import { addInspect } from './inspect.ts';
import { addLs } from './ls.ts';
import { addUpdate } from './update.ts';

export const addConcurrencyLimitCommands: AddCommand = (program, around) => {
  const group = addGroup(program, 'concurrency-limit', 'Global concurrency limits, by name.');
  for (const add of [addCreate, addLs, addInspect, addUpdate, addDelete]) add(group, around);
};
