import type { OrchestrationResult } from '../orchestration-result.ts';
import type { State, StateProposal } from '../states.ts';
import type { TaskRun } from '../task-run.ts';
import {
  BACKGROUND_TASK_RUN_POLICY,
  FORCED_TASK_RUN_POLICY,
  TASK_RUN_TRANSFORMS,
  type TaskRunPolicyList,
} from './forced-task-run-policy.ts';
import type { TaskRunFacts } from './task-run-facts.ts';
import { orchestrate } from './transition.ts';

export type { TagSlots, TaskRunFacts } from './task-run-facts.ts';

export interface TaskRunInput {
  readonly run: TaskRun;
  readonly proposed: StateProposal;
  readonly facts: TaskRunFacts;
  readonly now: Date;
  readonly newId: () => string;
}

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

/** Puts a state on a task run: only one that is deferred is asked about, by its own policy (prefect-api 4.5). Pure. */
export function forceTaskRun(input: TaskRunInput): TaskRunTransition {
  return decideTaskRun(isDeferred(input.proposed) ? BACKGROUND_TASK_RUN_POLICY : FORCED_TASK_RUN_POLICY, input);
}

export const isDeferred = ({ state_details }: StateProposal): boolean => state_details?.deferred === true;

/** What a policy makes of a proposal. Pure. */
export function decideTaskRun(policy: TaskRunPolicyList, input: TaskRunInput): TaskRunTransition {
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
