import type { FlowRun } from '../flow-run.ts';
import type { OrchestrationResult } from '../orchestration-result.ts';
import type { State, StateProposal, StateType } from '../states.ts';
import type { FlowRunFacts } from './flow-run-facts.ts';
import {
  FLOW_RUN_POLICY,
  FLOW_RUN_TRANSFORMS,
  FORCED_FLOW_RUN_POLICY,
  LATE_FLOW_RUN_POLICY,
} from './flow-run-policy.ts';
import { retryFailedFlows } from './rules/retry-failed-flows.ts';
import { type GuardedBy, orchestrate } from './transition.ts';

export type { FlowRunFacts } from './flow-run-facts.ts';

export interface FlowRunTransition {
  /** Prefect's answer. Its state carries the data as proposed. */
  readonly result: OrchestrationResult;
  /** The run's new version with its state, policy and counters; as it was when nothing changed. `updated` is the caller's. */
  readonly run: FlowRun;
  /** The state to store, null when nothing changed: then the answer's status is 200, else 201. */
  readonly state: State | null;
  /** The run awaits its next try in the process that lives (rule 7). */
  readonly inProcessRetry: boolean;
  /** The run took a slot of its deployment's limit: to be done with the write. */
  readonly takeSlot: boolean;
  /** The run gives back its slot, by the lease of the state it leaves or as a holder itself. */
  readonly releaseSlot: boolean;
  /** The lease of the state it leaves is forgotten, and the slot stays taken: old clients do not renew. */
  readonly revokeLease: boolean;
}

export interface FlowRunTransitionInput {
  readonly run: FlowRun;
  readonly proposed: StateProposal;
  readonly force: boolean;
  readonly facts: FlowRunFacts;
  readonly now: Date;
  readonly newId: () => string;
}

/** Decides a proposed state of a flow run (prefect-api 4.1 to 4.4). Pure; fencing is the caller's (rule 5). */
export function orchestrateFlowRun(input: FlowRunTransitionInput): FlowRunTransition {
  return decide(input.force ? FORCED_FLOW_RUN_POLICY : FLOW_RUN_POLICY, input);
}

/** Marks a scheduled run that was due and has not begun as Late; it keeps its time. */
export function orchestrateLate(input: Omit<FlowRunTransitionInput, 'proposed' | 'force'>): FlowRunTransition {
  const due = input.run.next_scheduled_start_time ?? input.run.state?.state_details.scheduled_time ?? null;
  const proposed: StateProposal = { type: 'SCHEDULED', name: 'Late', state_details: { scheduled_time: due } };
  return decide(LATE_FLOW_RUN_POLICY, { ...input, proposed });
}

/** Gives a new run its first state, which may be any: a run can be born RUNNING or COMPLETED (prefect-api 4.7). */
export function bornWithState(input: Omit<FlowRunTransitionInput, 'force'>): FlowRunTransition {
  return orchestrateFlowRun({ ...input, force: true });
}

function decide(
  policy: readonly GuardedBy<FlowRun, FlowRunFacts>[],
  input: Omit<FlowRunTransitionInput, 'force'>,
): FlowRunTransition {
  const now = input.now.toISOString().replace('Z', '000Z');
  const { result, run, state, effects, refusedBy } = orchestrate(policy, FLOW_RUN_TRANSFORMS, { ...input, now });
  const inProcessRetry = refusedBy === retryFailedFlows;
  return {
    result,
    run,
    state,
    inProcessRetry,
    takeSlot: effects.has('take-slot'),
    revokeLease: effects.has('revoke-lease'),
    releaseSlot:
      state !== null && run.deployment_id !== null && !inProcessRetry && leavesItsSlot(input.run, state.type),
  };
}

const HOLDING: ReadonlySet<StateType | null> = new Set(['PENDING', 'RUNNING', 'CANCELLING']);

/** PENDING, RUNNING, CANCELLING → anything else (Prefect's `ReleaseFlowConcurrencySlots`). */
function leavesItsSlot(run: FlowRun, next: StateType): boolean {
  return HOLDING.has(run.state?.type ?? null) && !HOLDING.has(next);
}
