import type { FlowRun } from '../../flow-run.ts';
import type { Made } from '../transition.ts';
import { withPolicy } from '../transition.ts';

/**
 * `retry_type` is null while a run is RUNNING, and `in_process` only in the AwaitingRetry that the retry rule made: the engine
 * of a later attempt must not take the word of an earlier one for its own (rule 7).
 */
export function forgetInProcessRetry(made: Made<FlowRun>): Made<FlowRun> {
  const { run, initial, state } = made;
  const type = run.empirical_policy.retry_type;
  if (type === null) return made;
  // The retry rule is the only way from RUNNING to a SCHEDULED state that leaves this word on the run.
  const justMade = type === 'in_process' && initial?.type === 'RUNNING' && state.name === 'AwaitingRetry';
  const stale = state.type === 'RUNNING' || (state.type === 'SCHEDULED' && type === 'in_process' && !justMade);
  return stale ? { ...made, run: withPolicy(run, { retry_type: null }) } : made;
}
