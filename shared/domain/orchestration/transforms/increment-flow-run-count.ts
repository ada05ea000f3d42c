import type { FlowRun } from '../../flow-run.ts';
import type { Made } from '../transition.ts';

/** RUNNING counts as one more run, unless a paused run goes on. */
export function incrementFlowRunCount(made: Made<FlowRun>): Made<FlowRun> {
  if (made.state.type !== 'RUNNING' || made.run.empirical_policy.resuming) return made;
  return { ...made, run: { ...made.run, run_count: made.run.run_count + 1 } };
}
