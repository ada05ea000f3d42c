import { type AddCommand, addGroup } from '../../command.ts';
import { addDelete } from './delete.ts';
import { addGet } from './get.ts';
import { addLs } from './ls.ts';
import { addSet } from './set.ts';

export const addVariableCommands: AddCommand = (program, around) => {
  const group = addGroup(program, 'variable', 'Variables: named values that flows and job templates refer to.');
  for (const add of [addGet, addSet, addLs, addDelete]) add(group, around);
};
