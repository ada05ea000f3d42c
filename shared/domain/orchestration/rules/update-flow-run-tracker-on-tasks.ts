import type { TaskRunRule } from '../task-run-facts.ts';

/** any → RUNNING: the task run remembers in which run of its flow it ran. */
export const updateFlowRunTrackerOnTasks: TaskRunRule = ({ facts }) => {
  const { flowRun } = facts;
  return flowRun ? { after: (run) => ({ ...run, flow_run_run_count: flowRun.runCount }) } : undefined;
};
