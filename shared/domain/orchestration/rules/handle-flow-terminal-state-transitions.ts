import { isTerminal } from '../../states.ts';
import type { FlowRunRule } from '../flow-run-facts.ts';
import { hasPersistedResult, withPolicy } from '../transition.ts';
import { preventResultDataLoss } from './prevent-result-data-loss.ts';

/**
 * terminal → any: a run that is over is not cancelled, paused or crashed; keeps a persisted result; is rescheduled only with a
 * deployment. One that starts anew forgets its pauses and retries.
 */
export const handleFlowTerminalStateTransitions: FlowRunRule = (transition) => {
  const { run, initial, proposed } = transition;
  if (!initial) return undefined;
  if (proposed.type === 'CANCELLING' || proposed.type === 'PAUSED' || proposed.type === 'CRASHED') {
    return { refusal: { status: 'ABORT', reason: `Run is already in terminal state ${initial.type}.` } };
  }
  const startsAnew = !isTerminal(proposed.type);
  if (initial.type === 'COMPLETED' && startsAnew && hasPersistedResult(initial.data)) {
    return { refusal: { status: 'REJECT', reason: 'Run is already COMPLETED.', state: null } };
  }
  const loss = preventResultDataLoss(transition);
  if (loss) return loss;
  if (proposed.type === 'SCHEDULED' && !run.deployment_id) {
    return { refusal: { status: 'ABORT', reason: 'Cannot reschedule a run without an associated deployment.' } };
  }
  if (!startsAnew) return undefined;
  const retryType = proposed.type === 'SCHEDULED' ? 'reschedule' : null;
  return { run: withPolicy(run, { resuming: false, pause_keys: [], retry_type: retryType }) };
};
