import type { FlowRun } from '../../flow-run.ts';
import { isTerminal } from '../../states.ts';
import type { Made } from '../transition.ts';
import { withPolicy } from '../transition.ts';

/** A run that is RUNNING or over is no longer resuming. */
export function removeResumingIndicator(made: Made<FlowRun>): Made<FlowRun> {
  const { type } = made.state;
  if (!made.run.empirical_policy.resuming || (type !== 'RUNNING' && !isTerminal(type))) return made;
  return { ...made, run: withPolicy(made.run, { resuming: false }) };
}
