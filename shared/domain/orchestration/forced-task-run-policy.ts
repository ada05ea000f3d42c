import type { TaskRun } from '../task-run.ts';
import { cacheInsertion } from './rules/cache-insertion.ts';
import { cacheRetrieval } from './rules/cache-retrieval.ts';
import { copyScheduledTime } from './rules/copy-scheduled-time.ts';
import { copyTaskParametersId } from './rules/copy-task-parameters-id.ts';
import { enqueueScheduledTasks } from './rules/enqueue-scheduled-tasks.ts';
import { handleTaskTerminalStateTransitions } from './rules/handle-task-terminal-state-transitions.ts';
import { preventPendingTransitions } from './rules/prevent-pending-transitions.ts';
import { renameReruns } from './rules/rename-reruns.ts';
import { retryFailedTasks } from './rules/retry-failed-tasks.ts';
import { updateFlowRunTrackerOnTasks } from './rules/update-flow-run-tracker-on-tasks.ts';
import { waitForScheduledTime } from './rules/wait-for-scheduled-time.ts';
import { ANY, only, TERMINAL } from './state-types.ts';
import type { TaskRunFacts } from './task-run-facts.ts';
import { incrementRunTime } from './transforms/increment-run-time.ts';
import { incrementTaskRunCount } from './transforms/increment-task-run-count.ts';
import { setEndTime } from './transforms/set-end-time.ts';
import { setExpectedStartTime } from './transforms/set-expected-start-time.ts';
import { setNextScheduledStartTime } from './transforms/set-next-scheduled-start-time.ts';
import { setRunState } from './transforms/set-run-state.ts';
import { setStartTime } from './transforms/set-start-time.ts';
import { updateTaskRunStateDetails } from './transforms/update-task-run-state-details.ts';
import type { GuardedBy, Transform } from './transition.ts';

export type TaskRunPolicyList = readonly GuardedBy<TaskRun, TaskRunFacts>[];

/** What a deferred state goes through, forced or not (`BackgroundTaskPolicy`). */
export const BACKGROUND_TASK_RUN_POLICY: TaskRunPolicyList = [
  {
    from: only('PENDING', 'RUNNING', 'CANCELLING', 'CANCELLED'),
    to: only('PENDING'),
    rule: preventPendingTransitions,
  },
  { from: ANY, to: only('RUNNING'), rule: cacheRetrieval },
  { from: TERMINAL, to: ANY, rule: handleTaskTerminalStateTransitions },
  { from: only('SCHEDULED'), to: only('PENDING'), rule: copyScheduledTime },
  { from: only('SCHEDULED', 'PENDING'), to: only('PENDING', 'RUNNING'), rule: copyTaskParametersId },
  { from: only('SCHEDULED', 'PENDING'), to: only('RUNNING'), rule: waitForScheduledTime },
  { from: only('RUNNING'), to: only('FAILED'), rule: retryFailedTasks },
  { from: ANY, to: only('RUNNING'), rule: renameReruns },
  { from: ANY, to: only('RUNNING'), rule: updateFlowRunTrackerOnTasks },
  { from: ANY, to: only('COMPLETED'), rule: cacheInsertion },
  { from: ANY, to: only('SCHEDULED'), rule: enqueueScheduledTasks },
];

/** `force` asks no rule at all (`MinimalTaskPolicy`). */
export const FORCED_TASK_RUN_POLICY: TaskRunPolicyList = [];

/** The bookkeeping on every state of a task run, in this order (prefect-api 4.4; `GlobalTaskPolicy`). */
export const TASK_RUN_TRANSFORMS: readonly Transform<TaskRun>[] = [
  setRunState,
  setStartTime,
  setEndTime,
  incrementRunTime,
  setExpectedStartTime,
  setNextScheduledStartTime,
  updateTaskRunStateDetails,
  incrementTaskRunCount,
];
