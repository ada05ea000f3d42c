import type { Made, OrchestratedRun } from '../transition.ts';

/** The run carries the type, the name and the time of its state. */
export function setRunState<Run extends OrchestratedRun>(made: Made<Run>): Made<Run> {
  const { type, name, timestamp } = made.state;
  return { ...made, run: { ...made.run, state_type: type, state_name: name, state_timestamp: timestamp } };
}
