import { renewsLeases } from '../client-version.ts';
import type { FlowRunRule } from '../flow-run-facts.ts';

/** PENDING → RUNNING, CANCELLING: the lease of a client that cannot renew it is forgotten, so that it cannot expire; the slot stays taken. */
export const removeLeaseForOldClients: FlowRunRule = ({ initial, facts }) => {
  if (!initial?.state_details.deployment_concurrency_lease_id || renewsLeases(facts.clientVersion)) return undefined;
  return { effects: ['revoke-lease'] };
};
