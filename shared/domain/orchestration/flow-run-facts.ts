import type { FlowRun } from '../flow-run.ts';
import type { Rule } from './transition.ts';

/** What the rules need beyond the run itself; gathered by the caller beforehand. */
export interface FlowRunFacts {
  readonly deploymentExists: boolean;
  /** Prefect's version in the client's user agent; null for other callers. */
  readonly clientVersion: string | null;
  /**
   * What the deployment's concurrency limit would answer now.
   * @default 'unlimited' (push pools hold slots themselves, rule 20)
   */
  readonly deploymentSlot?: 'free' | 'full' | 'limit-zero' | 'unlimited';
  /** What happens to a run that finds its deployment's limit full. @default 'ENQUEUE' */
  readonly collisionStrategy?: 'ENQUEUE' | 'CANCEL_NEW';
  /**
   * Given when a run that finds no slot is woken by a release: it keeps the time it was due (rule 19), and its state says what there
   * is to say of the wait. Otherwise it is put off by 30 s, as real workers expect.
   */
  readonly parksForSlot?: { readonly message: string | null };
  /**
   * What renewing the lease of the present Pending state gave: still there, gone and a new slot taken under `newLeaseId`, or
   * gone with no slot left. @default 'renewed'
   */
  readonly leaseState?: 'renewed' | 'reacquired' | 'lost';
  /** The lease to write into the state when a slot is taken; null when the run itself is the holder (rule 20). */
  readonly newLeaseId?: string | null;
}

export type FlowRunRule = Rule<FlowRun, FlowRunFacts>;
