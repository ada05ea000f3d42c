import type { TaskRunRule } from '../task-run-facts.ts';
import { withDetails } from '../transition.ts';

/** SCHEDULED, PENDING → PENDING, RUNNING: a deferred task run keeps the id of its stored parameters. */
export const copyTaskParametersId: TaskRunRule = ({ initial, proposed }) => {
  const id = initial?.state_details.task_parameters_id;
  if (!id || proposed.state_details.task_parameters_id) return undefined;
  return { proposed: withDetails(proposed, { task_parameters_id: id }) };
};
