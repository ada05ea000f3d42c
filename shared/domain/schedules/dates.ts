import { parseCron } from './cron.ts';
import { cronTimes } from './cron-times.ts';
import { intervalDates } from './interval-dates.ts';
import { parseRecurrence, recurrenceTimes } from './recurrence.ts';
import type { Schedule } from './schedule.ts';
import { fromLocal, toLocal } from './time-zone.ts';

const DAY_MILLIS = 86_400_000;

/**
 * The times of a schedule at or after `start`, in order, as UTC timestamps; ends with the schedule, which may be never. The
 * rules are Prefect's (`server/schemas/schedules.py`, prefect-api 5.3): cron and recurrences count on the clock of their
 * zone, where a skipped time moves forward and a repeated one counts once.
 */
export function* scheduleDates(schedule: Schedule, start: string): Generator<string> {
  if ('interval' in schedule) {
    yield* intervalDates(schedule, start);
    return;
  }
  const zone = schedule.timezone ?? 'UTC';
  const from = new Date(Math.ceil(wholeMillis(start) / 1000) * 1000);
  let before = '';
  for (const local of localTimes(schedule, toLocal(from, zone))) {
    const date = `${fromLocal(local, zone).toISOString().slice(0, 19)}.000000Z`;
    if (date <= before || date < start) continue; // the clock was moved: the same instant again, or one before the start
    before = date;
    yield date;
  }
}

function localTimes(schedule: Exclude<Schedule, { interval: number }>, from: Date): Generator<Date> {
  if ('cron' in schedule) return cronTimes(parseCron(schedule.cron), from, schedule.day_or);
  // A day early: a local time that the clock skips is later than it looks.
  return recurrenceTimes(parseRecurrence(schedule.rrule), new Date(from.getTime() - DAY_MILLIS));
}

/** Milliseconds of a timestamp, rounded up. */
function wholeMillis(timestamp: string): number {
  const micros = Number(timestamp.slice(23, 26));
  return Date.parse(timestamp) + (micros > 0 ? 1 : 0);
}
