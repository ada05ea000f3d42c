import type { FlowRun } from '../flow-run.ts';
import type { FlowRunFacts } from './flow-run-facts.ts';
import { bypassCancellingWithoutInfrastructure } from './rules/bypass-cancelling-without-infrastructure.ts';
import { copyScheduledTime } from './rules/copy-scheduled-time.ts';
import { enforceCancellingToCancelled } from './rules/enforce-cancelling-to-cancelled.ts';
import { enforceDeploymentConcurrencyOnLate } from './rules/enforce-deployment-concurrency-on-late.ts';
import { ensureOnlyScheduledMarkedLate } from './rules/ensure-only-scheduled-marked-late.ts';
import { handleFlowTerminalStateTransitions } from './rules/handle-flow-terminal-state-transitions.ts';
import { handlePausingFlows } from './rules/handle-pausing-flows.ts';
import { handleResumingPausedFlows } from './rules/handle-resuming-paused-flows.ts';
import { preserveLease } from './rules/preserve-lease.ts';
import { preventDuplicateTransitions } from './rules/prevent-duplicate-transitions.ts';
import { preventPendingTransitions } from './rules/prevent-pending-transitions.ts';
import { preventResultDataLoss } from './rules/prevent-result-data-loss.ts';
import { removeLeaseForOldClients } from './rules/remove-lease-for-old-clients.ts';
import { retryFailedFlows } from './rules/retry-failed-flows.ts';
import { secureFlowConcurrencySlots } from './rules/secure-flow-concurrency-slots.ts';
import { validateDeploymentConcurrencyAtRunning } from './rules/validate-deployment-concurrency-at-running.ts';
import { waitForScheduledTime } from './rules/wait-for-scheduled-time.ts';
import { ANY, anyBut, only, TERMINAL } from './state-types.ts';
import { ensureTimestampIsUnique } from './transforms/ensure-timestamp-is-unique.ts';
import { forgetInProcessRetry } from './transforms/forget-in-process-retry.ts';
import { incrementFlowRunCount } from './transforms/increment-flow-run-count.ts';
import { incrementRunTime } from './transforms/increment-run-time.ts';
import { removeResumingIndicator } from './transforms/remove-resuming-indicator.ts';
import { setEndTime } from './transforms/set-end-time.ts';
import { setExpectedStartTime } from './transforms/set-expected-start-time.ts';
import { setNextScheduledStartTime } from './transforms/set-next-scheduled-start-time.ts';
import { setRunState } from './transforms/set-run-state.ts';
import { setStartTime } from './transforms/set-start-time.ts';
import { updateFlowRunStateDetails } from './transforms/update-flow-run-state-details.ts';
import type { GuardedBy, Transform } from './transition.ts';

type FlowRunPolicyList = readonly GuardedBy<FlowRun, FlowRunFacts>[];

/** What a client's proposal goes through, in this order (prefect-api 4.3; Prefect's `CoreFlowPolicy`). */
export const FLOW_RUN_POLICY: FlowRunPolicyList = [
  { from: ANY, to: ANY, rule: preserveLease },
  { from: ANY, to: ANY, rule: preventDuplicateTransitions },
  { from: TERMINAL, to: ANY, rule: handleFlowTerminalStateTransitions },
  { from: only('CANCELLING'), to: anyBut('CANCELLED'), rule: enforceCancellingToCancelled },
  { from: only('SCHEDULED', 'PAUSED'), to: only('CANCELLING'), rule: bypassCancellingWithoutInfrastructure },
  {
    from: only('PENDING', 'RUNNING', 'CANCELLING', 'CANCELLED'),
    to: only('PENDING'),
    rule: preventPendingTransitions,
  },
  { from: only('PENDING'), to: only('RUNNING'), rule: validateDeploymentConcurrencyAtRunning },
  { from: anyBut('PENDING', 'RUNNING', 'CANCELLING'), to: only('PENDING'), rule: secureFlowConcurrencySlots },
  { from: only('PENDING'), to: only('RUNNING', 'CANCELLING'), rule: removeLeaseForOldClients },
  { from: ANY, to: only('SCHEDULED'), rule: ensureOnlyScheduledMarkedLate },
  { from: ANY, to: only('PAUSED'), rule: handlePausingFlows },
  { from: only('PAUSED'), to: ANY, rule: handleResumingPausedFlows },
  {
    from: only('SCHEDULED'),
    to: only('PENDING'),
    rule: copyScheduledTime,
  },
  {
    from: only('SCHEDULED', 'PENDING'),
    to: only('RUNNING'),
    rule: waitForScheduledTime,
  },
  { from: only('RUNNING'), to: only('FAILED'), rule: retryFailedFlows },
];

/** What `force` goes through, and the first state of a new run (`MinimalFlowPolicy`). */
export const FORCED_FLOW_RUN_POLICY: FlowRunPolicyList = [
  { from: TERMINAL, to: TERMINAL, rule: preventResultDataLoss },
  { from: only('SCHEDULED', 'PAUSED'), to: only('CANCELLING'), rule: bypassCancellingWithoutInfrastructure },
];

/** What marking a run late goes through (`MarkLateRunsPolicy`). */
export const LATE_FLOW_RUN_POLICY: FlowRunPolicyList = [
  { from: ANY, to: only('SCHEDULED'), rule: ensureOnlyScheduledMarkedLate },
  { from: only('SCHEDULED'), to: only('SCHEDULED'), rule: enforceDeploymentConcurrencyOnLate },
];

/** The bookkeeping on every state of a flow run, in this order (prefect-api 4.4; `GlobalFlowPolicy`). */
export const FLOW_RUN_TRANSFORMS: readonly Transform<FlowRun>[] = [
  ensureTimestampIsUnique,
  setRunState,
  setStartTime,
  setEndTime,
  incrementRunTime,
  setExpectedStartTime,
  setNextScheduledStartTime,
  updateFlowRunStateDetails,
  incrementFlowRunCount,
  removeResumingIndicator,
  forgetInProcessRetry,
];
