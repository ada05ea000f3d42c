import type { TaskRun } from '../../task-run.ts';
import type { Made } from '../transition.ts';
import { withDetails } from '../transition.ts';

/** A state of a task run names the task run and its flow run. */
export function updateTaskRunStateDetails(made: Made<TaskRun>): Made<TaskRun> {
  const { id, flow_run_id } = made.run;
  return { ...made, state: withDetails(made.state, { flow_run_id, task_run_id: id }) };
}
