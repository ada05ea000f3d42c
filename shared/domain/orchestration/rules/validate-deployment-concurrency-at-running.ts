import { renewsLeases } from '../client-version.ts';
import type { FlowRunRule } from '../flow-run-facts.ts';
import { withDetails } from '../transition.ts';

/**
 * PENDING → RUNNING: a run whose lease of its deployment's limit was lost while its infrastructure came up goes on under a
 * new one, or is Cancelled when there is no slot left. Clients that cannot renew a lease are not asked for one.
 */
export const validateDeploymentConcurrencyAtRunning: FlowRunRule = ({ run, initial, proposed, facts, newState }) => {
  if (!initial) return undefined;
  const lease = initial.state_details.deployment_concurrency_lease_id;
  const kept = withDetails(proposed, { deployment_concurrency_lease_id: lease });
  const leaseState = facts.leaseState ?? 'renewed';
  if (!lease || leaseState === 'renewed' || !run.deployment_id || !renewsLeases(facts.clientVersion)) {
    return { proposed: kept };
  }
  if (leaseState === 'reacquired') {
    const renewed = withDetails(proposed, { deployment_concurrency_lease_id: facts.newLeaseId ?? null });
    return { proposed: renewed, effects: ['take-slot'] };
  }
  const message = 'Deployment concurrency slot lost during provisioning - no slots available to continue execution';
  return {
    refusal: {
      status: 'REJECT',
      reason: 'Deployment concurrency limit reached after lease expiry.',
      state: newState({ type: 'CANCELLED', message }),
    },
  };
};
