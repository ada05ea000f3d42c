import { type AddCommand, addGroup } from '../../command.ts';
import { addDelete } from './delete.ts';
import { addInspect } from './inspect.ts';
import { addLs } from './ls.ts';
import { addPause } from './pause.ts';
import { addResume } from './resume.ts';
import { addRun } from './run.ts';
import { addScheduleCommands } from './schedule/group.ts';

export const addDeploymentCommands: AddCommand = (program, around) => {
  const group = addGroup(program, 'deployment', 'Deployments: look at them, run them, schedule them.');
  for (const add of [addLs, addInspect, addRun, addPause, addResume, addDelete, addScheduleCommands]) {
    add(group, around);
  }
};
