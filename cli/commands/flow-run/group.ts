import { type AddCommand, addGroup } from '../../command.ts';
import { addCancel } from './cancel.ts';
import { addInspect } from './inspect.ts';
import { addLogs } from './logs.ts';
import { addLs } from './ls.ts';
import { addRetry } from './retry.ts';
import { addWatch } from './watch.ts';

export const addFlowRunCommands: AddCommand = (program, around) => {
  const group = addGroup(program, 'flow-run', 'Flow runs: look at them, follow them, stop them.');
  for (const add of [addLs, addInspect, addLogs, addWatch, addCancel, addRetry]) add(group, around);
};
