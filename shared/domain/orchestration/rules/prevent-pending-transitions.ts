import type { SharedRule } from '../transition.ts';
import { withDetails } from '../transition.ts';

/**
 * PENDING, RUNNING, CANCELLING, CANCELLED → PENDING: of two that would submit the same run, one is turned away. A Pending run
 * may still be given another name (Submitting, InfrastructurePending); it keeps its scheduled time and lease.
 */
export const preventPendingTransitions: SharedRule = ({ initial, proposed }) => {
  if (!initial) return undefined;
  if (initial.type === 'PENDING' && proposed.name !== initial.name && proposed.name !== 'Pending') {
    const { scheduled_time, deployment_concurrency_lease_id } = initial.state_details;
    return { proposed: withDetails(proposed, { scheduled_time, deployment_concurrency_lease_id }) };
  }
  const reason = `This run is in a ${initial.type} state and cannot transition to a PENDING state.`;
  return { refusal: { status: 'ABORT', reason } };
};
