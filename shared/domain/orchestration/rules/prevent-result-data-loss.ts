import type { FlowRunRule } from '../flow-run-facts.ts';
import { hasPersistedResult } from '../transition.ts';

/** terminal → terminal: a COMPLETED state with a persisted result is not overwritten by one without, not even by force. */
export const preventResultDataLoss: FlowRunRule = ({ initial, proposed }) => {
  const loses =
    initial?.type === 'COMPLETED' &&
    proposed.type === 'COMPLETED' &&
    hasPersistedResult(initial.data) &&
    !hasPersistedResult(proposed.data);
  if (!loses) return undefined;
  const reason = 'Cannot overwrite a COMPLETED state that carries persisted result data with one that does not.';
  return { refusal: { status: 'REJECT', reason, state: null } };
};
