import { addSeconds } from '../../utc.ts';
import { takesSlotsItself } from '../client-version.ts';
import type { FlowRunRule } from '../flow-run-facts.ts';
import { withDetails } from '../transition.ts';

/** How long real workers wait before they ask again; Prefect's default. */
const SLOT_WAIT_SECONDS = 30;
const REACHED = 'Deployment concurrency limit reached.';

/**
 * all but PENDING, RUNNING, CANCELLING → PENDING: the run takes a slot of its deployment's limit; without a free one it waits
 * (AwaitingConcurrencySlot) or is Cancelled, as the deployment says.
 */
export const secureFlowConcurrencySlots: FlowRunRule = ({ run, initial, proposed, facts, now, newState }) => {
  if (!run.deployment_id || takesSlotsItself(facts.clientVersion)) return undefined;
  if (!facts.deploymentExists) return { refusal: { status: 'ABORT', reason: 'Deployment not found.' } };
  const slot = facts.deploymentSlot ?? 'unlimited';
  if (slot === 'unlimited') return undefined;
  if (slot === 'limit-zero') {
    const reason = 'The deployment concurrency limit is 0. The flow will deadlock if submitted again.';
    return { refusal: { status: 'ABORT', reason } };
  }
  if (slot === 'free') {
    const lease = facts.newLeaseId ?? null;
    return { proposed: withDetails(proposed, { deployment_concurrency_lease_id: lease }), effects: ['take-slot'] };
  }
  if (facts.collisionStrategy === 'CANCEL_NEW') {
    return { refusal: { status: 'REJECT', reason: REACHED, state: newState({ type: 'CANCELLED', message: REACHED }) } };
  }
  const due = initial?.state_details.scheduled_time ?? now;
  const state = newState({
    type: 'SCHEDULED',
    name: 'AwaitingConcurrencySlot',
    ...(facts.parksForSlot?.message && { message: facts.parksForSlot.message }),
    state_details: { scheduled_time: facts.parksForSlot ? due : addSeconds(now, SLOT_WAIT_SECONDS) },
  });
  return { refusal: { status: 'REJECT', reason: REACHED, state } };
};
