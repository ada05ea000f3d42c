import type { OrchestrationResult } from '../orchestration-result.ts';
import type { State, StateProposal } from '../states.ts';
import type { TaskRun } from '../task-run.ts';
import type { TaskRunFacts } from './task-run-facts.ts';
import {
  BACKGROUND_TASK_RUN_POLICY,
  FORCED_TASK_RUN_POLICY,
  TASK_RUN_POLICY,
  TASK_RUN_TRANSFORMS,
} from './task-run-policy.ts';
import { orchestrate } from './transition.ts';

export type { TagSlots, TaskRunFacts } from './task-run-facts.ts';

export interface TaskRunTransition {
  readonly result: OrchestrationResult;
  /** The task run's new version; as it was when nothing changed. */
  readonly run: TaskRun;
  /** The state to store, null when nothing changed: then the answer's status is 200, else 201. */
  readonly state: State | null;
  readonly takeSlots: boolean;
  /** Whatever slots of its tags the task run holds are free again; harmless when it holds none. */
  readonly releaseSlots: boolean;
  /** The new state is to be found under its `cache_key`. */
  readonly insertCache: boolean;
  /** The task workers are to hear of it. */
  readonly enqueue: boolean;
}

/** Decides a state proposed to a task run over REST (prefect-api 4.5). Pure. A deferred state has its own policy, forced or not. */
export function orchestrateTaskRun(input: {
  readonly run: TaskRun;
  readonly proposed: StateProposal;
  readonly force: boolean;
  readonly facts: TaskRunFacts;
  readonly now: Date;
  readonly newId: () => string;
}): TaskRunTransition {
  const deferred = input.proposed.state_details?.deferred === true;
  const policy = deferred ? BACKGROUND_TASK_RUN_POLICY : input.force ? FORCED_TASK_RUN_POLICY : TASK_RUN_POLICY;
  const now = input.now.toISOString().replace('Z', '000Z');
  const { result, run, state, effects } = orchestrate(policy, TASK_RUN_TRANSFORMS, { ...input, now });
  return {
    result,
    run,
    state,
    takeSlots: effects.has('take-slot'),
    releaseSlots: state !== null && state.type !== 'RUNNING' && state.type !== 'CANCELLING',
    insertCache: effects.has('insert-cache'),
    enqueue: effects.has('enqueue'),
  };
}
