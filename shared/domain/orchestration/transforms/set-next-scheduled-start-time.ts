import type { Made, OrchestratedRun } from '../transition.ts';

/** A run has a next scheduled start exactly while it is SCHEDULED. */
export function setNextScheduledStartTime<Run extends OrchestratedRun>(made: Made<Run>): Made<Run> {
  const { run, initial, state } = made;
  if (state.type === 'SCHEDULED') {
    return { ...made, run: { ...run, next_scheduled_start_time: state.state_details.scheduled_time } };
  }
  return initial?.type === 'SCHEDULED' ? { ...made, run: { ...run, next_scheduled_start_time: null } } : made;
}
