import type { TaskRunRule } from '../task-run-facts.ts';

/** any → SCHEDULED: a deferred task run is handed to the task workers. */
export const enqueueScheduledTasks: TaskRunRule = ({ proposed }) =>
  proposed.state_details.deferred ? { effects: ['enqueue'] } : undefined;
