import type { State, StateType } from '../states.ts';
import type { TaskRun } from '../task-run.ts';
import type { Rule } from './transition.ts';

/** What the rules need beyond the task run itself; gathered by the caller beforehand. */
export interface TaskRunFacts {
  /** The enclosing flow run; null for a task run without one. */
  readonly flowRun: {
    readonly id: string;
    readonly stateType: StateType | null;
    readonly runCount: number;
    readonly pauseTimeout?: string | null;
    readonly pauseReschedule?: boolean;
  } | null;
  /** The newest unexpired state under the proposed `cache_key`; null when there is none. */
  readonly cachedState?: State | null;
  /** What the concurrency limits of the task run's tags would answer now. @default 'unlimited' */
  readonly slots?: TagSlots;
  /** A random number in [0, 1), for the jitter of retry delays. @default 0.5 */
  readonly random?: number;
}

/** `full` names all limited tags; `limit-zero` the first tag whose limit is 0. */
export type TagSlots =
  | 'unlimited'
  | 'free'
  | { readonly kind: 'full'; readonly tags: readonly string[]; readonly delaySeconds: number }
  | { readonly kind: 'limit-zero'; readonly tag: string };

export type TaskRunRule = Rule<TaskRun, TaskRunFacts>;
