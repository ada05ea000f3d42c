import type { FlowRunRule } from '../flow-run-facts.ts';
import { withDetails } from '../transition.ts';

/** any → any: a proposal without a deployment concurrency lease keeps the one of the present state. */
export const preserveLease: FlowRunRule = ({ initial, proposed }) => {
  const lease = initial?.state_details.deployment_concurrency_lease_id;
  if (!lease || proposed.state_details.deployment_concurrency_lease_id) return undefined;
  return { proposed: withDetails(proposed, { deployment_concurrency_lease_id: lease }) };
};
