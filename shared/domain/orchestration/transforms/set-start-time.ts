import type { Made, OrchestratedRun } from '../transition.ts';

/** A run starts when it is RUNNING for the first time. */
export function setStartTime<Run extends OrchestratedRun>(made: Made<Run>): Made<Run> {
  if (made.state.type !== 'RUNNING' || made.run.start_time) return made;
  return { ...made, run: { ...made.run, start_time: made.state.timestamp } };
}
