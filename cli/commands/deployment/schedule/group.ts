import { type AddCommand, addGroup } from '../../../command.ts';
import { addCreate } from './create.ts';
import { addDelete } from './delete.ts';
import { addLs } from './ls.ts';
import { addPause } from './pause.ts';
import { addResume } from './resume.ts';

export const addScheduleCommands: AddCommand = (deployment, around) => {
  const group = addGroup(deployment, 'schedule', 'The schedules of a deployment.');
  for (const add of [addLs, addCreate, addPause, addResume, addDelete]) add(group, around);
};
