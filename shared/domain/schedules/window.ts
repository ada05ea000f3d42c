import { scheduleDates } from './dates.ts';
import type { Schedule } from './schedule.ts';

/** How far the upcoming runs of a schedule reach (Prefect's scheduler settings, prefect-api 5.4). */
export interface WindowLimits {
  /** Runs are made until there are this many and the last is `minSeconds` ahead. */
  readonly minRuns: number;
  readonly minSeconds: number;
  /** Never more runs, never further ahead. */
  readonly maxRuns: number;
  readonly maxSeconds: number;
}

const DAY_SECONDS = 86_400;
export const WINDOW: WindowLimits = { minRuns: 3, minSeconds: 3_600, maxRuns: 100, maxSeconds: 100 * DAY_SECONDS };

/** The same for a schedule that asks for fewer runs. */
export function windowOf(maxScheduledRuns: number | null): WindowLimits {
  return maxScheduledRuns === null ? WINDOW : { ...WINDOW, maxRuns: Math.min(maxScheduledRuns, WINDOW.maxRuns) };
}

/** The times for which a schedule should have runs at `start` (a UTC timestamp), in order. */
export function windowDates(schedule: Schedule, start: string, limits: WindowLimits): string[] {
  const enough = later(start, limits.minSeconds);
  const end = later(start, limits.maxSeconds);
  const dates: string[] = [];
  if (limits.maxRuns <= 0) return dates;
  for (const date of scheduleDates(schedule, start)) {
    if (date > end) break;
    dates.push(date);
    if (dates.length >= limits.maxRuns || (dates.length >= limits.minRuns && date >= enough)) break;
  }
  return dates;
}

/** The first time of a schedule after a moment; null when it has ended. */
export function firstDateAfter(schedule: Schedule, moment: string): string | null {
  for (const date of scheduleDates(schedule, moment)) if (date > moment) return date;
  return null;
}

/** A UTC timestamp some seconds later; its microseconds stay. */
export function later(timestamp: string, seconds: number): string {
  const moved = new Date(Date.parse(timestamp) + seconds * 1000).toISOString().slice(0, 23);
  return `${moved}${timestamp.slice(23, 26) || '000'}Z`;
}
