import type { FlowRunRule } from '../flow-run-facts.ts';

/** any → SCHEDULED named Late: only a scheduled run is marked late, and only once. */
export const ensureOnlyScheduledMarkedLate: FlowRunRule = ({ initial, proposed }) => {
  if (!initial || proposed.name !== 'Late') return undefined;
  if (initial.type !== 'SCHEDULED') {
    return { refusal: { status: 'REJECT', reason: 'Only scheduled flows can be marked late.', state: null } };
  }
  if (initial.name !== 'Late') return undefined;
  return { refusal: { status: 'REJECT', reason: 'This flow run is already marked late.', state: null } };
};
