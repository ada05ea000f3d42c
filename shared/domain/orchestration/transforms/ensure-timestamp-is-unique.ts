import { addSeconds } from '../../utc.ts';
import type { Made, OrchestratedRun } from '../transition.ts';

/** No two states of a run share a timestamp, and none is earlier than the one before: a microsecond is added where needed. */
export function ensureTimestampIsUnique<Run extends OrchestratedRun>(made: Made<Run>): Made<Run> {
  const last = made.initial?.timestamp;
  if (!last || made.state.timestamp > last) return made;
  return { ...made, state: { ...made.state, timestamp: addSeconds(last, 1e-6) } };
}
