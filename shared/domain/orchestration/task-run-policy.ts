import type { TaskRunPolicyList } from './forced-task-run-policy.ts';
import { cacheInsertion } from './rules/cache-insertion.ts';
import { cacheRetrieval } from './rules/cache-retrieval.ts';
import { copyScheduledTime } from './rules/copy-scheduled-time.ts';
import { handleTaskTerminalStateTransitions } from './rules/handle-task-terminal-state-transitions.ts';
import { preventRunningTasksFromStoppedFlows } from './rules/prevent-running-tasks-from-stopped-flows.ts';
import { renameReruns } from './rules/rename-reruns.ts';
import { retryFailedTasks } from './rules/retry-failed-tasks.ts';
import { secureTaskConcurrencySlots } from './rules/secure-task-concurrency-slots.ts';
import { updateFlowRunTrackerOnTasks } from './rules/update-flow-run-tracker-on-tasks.ts';
import { waitForScheduledTime } from './rules/wait-for-scheduled-time.ts';
import { ANY, only, TERMINAL } from './state-types.ts';

/** What proposing a state over REST goes through, in this order (prefect-api 4.5; Prefect's `CoreTaskPolicy`). */
export const TASK_RUN_POLICY: TaskRunPolicyList = [
  { from: ANY, to: only('RUNNING'), rule: cacheRetrieval },
  { from: TERMINAL, to: ANY, rule: handleTaskTerminalStateTransitions },
  { from: ANY, to: only('RUNNING'), rule: preventRunningTasksFromStoppedFlows },
  { from: ANY, to: only('RUNNING'), rule: secureTaskConcurrencySlots },
  { from: only('SCHEDULED'), to: only('PENDING'), rule: copyScheduledTime },
  { from: only('SCHEDULED', 'PENDING'), to: only('RUNNING'), rule: waitForScheduledTime },
  { from: only('RUNNING'), to: only('FAILED'), rule: retryFailedTasks },
  { from: ANY, to: only('RUNNING'), rule: renameReruns },
  { from: ANY, to: only('RUNNING'), rule: updateFlowRunTrackerOnTasks },
  { from: ANY, to: only('COMPLETED'), rule: cacheInsertion },
];
