import { type AddCommand, addGroup } from '../../command.ts';
import { addSet } from './set.ts';
import { addView } from './view.ts';

export const addConfigCommands: AddCommand = (program, around) => {
  const group = addGroup(
    program,
    'config',
    'Where the API is and who asks: the settings of Prefect that pushpool reads.',
  );
  for (const add of [addView, addSet]) add(group, around);
};
