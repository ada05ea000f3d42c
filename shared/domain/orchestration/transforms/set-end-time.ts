import { isTerminal } from '../../states.ts';
import type { Made, OrchestratedRun } from '../transition.ts';

/** A run ends with its first terminal state, having started by then; leaving it, the end is open again. */
export function setEndTime<Run extends OrchestratedRun>(made: Made<Run>): Made<Run> {
  const { run, initial, state } = made;
  if (!isTerminal(state.type)) {
    return isTerminal(initial?.type) ? { ...made, run: { ...run, end_time: null } } : made;
  }
  if (run.end_time) return made;
  return { ...made, run: { ...run, start_time: run.start_time ?? state.timestamp, end_time: state.timestamp } };
}
