import { secondsBetween } from '../../utc.ts';
import type { Made, OrchestratedRun } from '../transition.ts';

/** The time spent in RUNNING counts once it is over. */
export function incrementRunTime<Run extends OrchestratedRun>(made: Made<Run>): Made<Run> {
  const { run, initial, state } = made;
  if (initial?.type !== 'RUNNING') return made;
  const total = run.total_run_time + secondsBetween(initial.timestamp, state.timestamp);
  return { ...made, run: { ...run, total_run_time: Math.round(total * 1e6) / 1e6 } };
}
