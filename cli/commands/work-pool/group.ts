import { type AddCommand, addGroup } from '../../command.ts';
import { addCreate } from './create.ts';
import { addDelete } from './delete.ts';
import { addDeprovisionInfra } from './deprovision-infra.ts';
import { addInspect } from './inspect.ts';
import { addLs } from './ls.ts';
import { addPause } from './pause.ts';
import { addPreview } from './preview.ts';
import { addProvisionInfra } from './provision-infra.ts';
import { addResume } from './resume.ts';
import { addSmokeTest } from './smoke-test.ts';
import { addUpdate } from './update.ts';

export const addWorkPoolCommands: AddCommand = (program, around) => {
  const group = addGroup(program, 'work-pool', 'Work pools: where and how flow runs are carried out.');
  for (const add of [
    addCreate,
    addLs,
    addInspect,
    addUpdate,
    addPause,
    addResume,
    addPreview,
    addDelete,
    addProvisionInfra,
    addDeprovisionInfra,
    addSmokeTest,
  ]) {
    add(group, around);
  }
};
