import {
  decideTaskRun,
  forceTaskRun,
  isDeferred,
  type TaskRunInput,
  type TaskRunTransition,
} from './forced-task-runs.ts';
import { TASK_RUN_POLICY } from './task-run-policy.ts';

export type { TagSlots, TaskRunFacts, TaskRunTransition } from './forced-task-runs.ts';

/** Decides a state proposed to a task run over REST (prefect-api 4.5). Pure. A deferred state has its own policy, forced or not. */
export function orchestrateTaskRun({ force, ...input }: TaskRunInput & { readonly force: boolean }): TaskRunTransition {
  return force || isDeferred(input.proposed) ? forceTaskRun(input) : decideTaskRun(TASK_RUN_POLICY, input);
}
