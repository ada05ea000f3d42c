import type { FlowRun } from '../../flow-run.ts';
import type { Made } from '../transition.ts';
import { withDetails } from '../transition.ts';

/** A state of a flow run names the run, and the task run that stands for it in its parent. */
export function updateFlowRunStateDetails(made: Made<FlowRun>): Made<FlowRun> {
  const { id, parent_task_run_id: parent } = made.run;
  return { ...made, state: withDetails(made.state, { flow_run_id: id, ...(parent && { task_run_id: parent }) }) };
}
