import type { FlowRunRule } from '../flow-run-facts.ts';

/** CANCELLING → all but CANCELLED: a run that is being cancelled ends as Cancelled and nothing else; `force` overrides. */
export const enforceCancellingToCancelled: FlowRunRule = () => ({
  refusal: {
    status: 'REJECT',
    reason: 'Cannot transition flows that are cancelling to a state other than Cancelled.',
    state: null,
  },
});
