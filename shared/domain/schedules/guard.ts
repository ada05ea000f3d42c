import { type Cron, parseCron } from './cron.ts';
import type { CronSchedule, IntervalSchedule, Schedule } from './schedule.ts';
import { firstDateAfter, later, WINDOW } from './window.ts';

/** Timers fire up to a minute late; the guard comes this long before a run is due, and what it arms waits for the second. */
const EARLY_MINUTES = 2;
/** Two firings of a one-shot guard are never closer, however often its schedule is due: the chain of runs does the rest. */
const APART_SECONDS = 60;

/**
 * When the one-shot guard of a schedule fires next, seen from `now`: before the first run that this moment does not see to
 * itself, or when that run first shows among the upcoming ones. Null when the schedule has ended.
 */
export function guardTime(schedule: Schedule, now: string): string | null {
  const due = firstDateAfter(schedule, later(now, EARLY_MINUTES * 60 + APART_SECONDS));
  if (due === null) return null;
  const shows = later(due, -WINDOW.maxSeconds);
  return shows > now ? shows : later(due, -EARLY_MINUTES * 60);
}

/**
 * The same guard as a timer that repeats by itself: minutes, hours and days as plain lists of numbers, which every cron reads the
 * same way. Null for a schedule that no such expression tells two minutes early, or that may have no upcoming run for months.
 */
export function guardRhythm(schedule: Schedule): CronSchedule | null {
  if ('rrule' in schedule) return null;
  const cron = 'cron' in schedule ? parseCron(schedule.cron) : cronOf(schedule);
  if (!cron || !isPlain(cron)) return null;
  const early = earlier(cron);
  if (!early) return null;
  const zone = 'cron' in schedule ? (schedule.timezone ?? 'UTC') : 'UTC';
  const days = `${list(cron.daysOfMonth, 31)} * ${list(cron.weekdays, 7)}`;
  return { cron: `${list(early.minutes, 60)} ${list(early.hours, 24)} ${days}`, timezone: zone, day_or: true };
}

type TimeOfDay = Pick<Cron, 'minutes' | 'hours'>;

/** Whole minutes of every month, by one kind of day at most: what AWS's cron and ours have in common. */
function isPlain(cron: Cron): boolean {
  const { seconds, years, nthWeekdays, lastDayOfMonth, months, daysOfMonth, weekdays } = cron;
  const wholeMinutes = seconds.size === 1 && seconds.has(0);
  const special = years !== null || nthWeekdays.length > 0 || lastDayOfMonth || months.size < 12;
  return wholeMinutes && !special && (daysOfMonth === null || weekdays === null);
}

/** Two minutes earlier, as far as minutes and hours alone can say it. */
function earlier(cron: Cron): TimeOfDay | null {
  const anyDay = cron.daysOfMonth === null && cron.weekdays === null;
  const overHour = [...cron.minutes].filter((minute) => minute < EARLY_MINUTES);
  const minutes = new Set([...cron.minutes].map((minute) => (minute + 60 - EARLY_MINUTES) % 60));
  if (overHour.length === 0) return { minutes, hours: cron.hours };
  // What goes back over midnight falls on another day.
  if (cron.hours.has(0) && !anyDay) return null;
  if (cron.hours.size === 24) return { minutes, hours: cron.hours };
  if (overHour.length < cron.minutes.size) return null;
  return { minutes, hours: new Set([...cron.hours].map((hour) => (hour + 23) % 24)) };
}

/** An interval that comes at the same minutes of every day, by UTC. */
function cronOf({ interval, anchor_date, timezone }: IntervalSchedule): Cron | null {
  const minutes = interval / 60;
  const repeats = Number.isInteger(minutes) && minutes <= 1440 && 1440 % minutes === 0;
  if (!repeats || (minutes === 1440 && (timezone ?? 'UTC') !== 'UTC')) return null;
  if (minutes < 60 ? 60 % minutes !== 0 : minutes % 60 !== 0) return null;
  const anchor = Math.floor(Date.parse(anchor_date) / 60_000);
  const times = Array.from({ length: 1440 / minutes }, (_, index) => (anchor + index * minutes) % 1440);
  return {
    minutes: new Set(times.map((time) => time % 60)),
    hours: new Set(times.map((time) => Math.floor(time / 60))),
    daysOfMonth: null,
    lastDayOfMonth: false,
    months: new Set(Array.from({ length: 12 }, (_, index) => index + 1)),
    weekdays: null,
    nthWeekdays: [],
    seconds: new Set([0]),
    years: null,
  };
}

function list(values: ReadonlySet<number> | null, all: number): string {
  return values === null || values.size === all ? '*' : [...values].sort((a, b) => a - b).join(',');
}
