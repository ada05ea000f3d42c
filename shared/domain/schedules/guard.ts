import type { Schedule } from './schedule.ts';
import { firstDateAfter, later, WINDOW } from './window.ts';

/** Timers fire up to a minute late; the guard comes this long before a run is due, and what it arms waits for the second. */
const EARLY_SECONDS = 120;
/** Two firings of a guard are never closer, however often its schedule is due: the chain of runs does the rest. */
const APART_SECONDS = 60;

/**
 * When the one-shot guard of a schedule fires next, seen from `now`: before the first run that this moment does not see to
 * itself, or when that run first shows among the upcoming ones. Null when the schedule has ended.
 */
export function guardTime(schedule: Schedule, now: string): string | null {
  const due = firstDateAfter(schedule, later(now, EARLY_SECONDS + APART_SECONDS));
  if (due === null) return null;
  const shows = later(due, -WINDOW.maxSeconds);
  return shows > now ? shows : later(due, -EARLY_SECONDS);
}
