import type { Made, OrchestratedRun } from '../transition.ts';

/** The first state says when the run is expected to start: when it is scheduled, else at once. */
export function setExpectedStartTime<Run extends OrchestratedRun>(made: Made<Run>): Made<Run> {
  if (made.run.expected_start_time) return made;
  const { type, timestamp, state_details } = made.state;
  const expected = type === 'SCHEDULED' ? state_details.scheduled_time : timestamp;
  return { ...made, run: { ...made.run, expected_start_time: expected } };
}
