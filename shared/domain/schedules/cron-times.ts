import type { Cron, NthWeekday } from './cron.ts';

const DAY_MILLIS = 86_400_000;
/** An expression without a date in this many years has none: 30 February. */
const YEARS_SEARCHED = 50;

/**
 * The local times (see `time-zone.ts`) at or after `from` that an expression allows, in order. With `dayOr` a day counts
 * when either the day of month or the day of week matches, provided both are restricted; else both must.
 */
export function* cronTimes(cron: Cron, from: Date, dayOr: boolean): Generator<Date> {
  const [hours, minutes, seconds] = [cron.hours, cron.minutes, cron.seconds].map((set) =>
    [...set].sort((a, b) => a - b),
  );
  const first = Math.floor(from.getTime() / DAY_MILLIS) * DAY_MILLIS;
  const last = first + YEARS_SEARCHED * 366 * DAY_MILLIS;
  for (let day = first; day <= last; day += DAY_MILLIS) {
    if (!allowsDay(cron, new Date(day), dayOr)) continue;
    for (const hour of hours!) {
      const endOfHour = day + (hour + 1) * 3_600_000;
      if (endOfHour <= from.getTime()) continue;
      for (const minute of minutes!) {
        for (const second of seconds!) {
          const time = day + ((hour * 60 + minute) * 60 + second) * 1000;
          if (time >= from.getTime()) yield new Date(time);
        }
      }
    }
  }
}

function allowsDay(cron: Cron, day: Date, dayOr: boolean): boolean {
  if (!cron.months.has(day.getUTCMonth() + 1)) return false;
  if (cron.years && !cron.years.has(day.getUTCFullYear())) return false;
  const counted = cron.nthWeekdays.length > 0;
  const weekday = counted
    ? cron.nthWeekdays.some((one) => isNthWeekday(one, day))
    : cron.weekdays === null || cron.weekdays.has(day.getUTCDay());
  const dayOfMonth =
    cron.daysOfMonth === null ||
    cron.daysOfMonth.has(day.getUTCDate()) ||
    (cron.lastDayOfMonth && day.getUTCDate() === lengthOfMonth(day));
  const bothRestricted = cron.daysOfMonth !== null && cron.weekdays !== null;
  // croniter keeps counted weekdays as a condition in both branches of the "or", which makes them the only one.
  if (dayOr && bothRestricted) return counted ? weekday : weekday || dayOfMonth;
  return weekday && dayOfMonth;
}

function isNthWeekday({ weekday, nth }: NthWeekday, day: Date): boolean {
  if (day.getUTCDay() !== weekday) return false;
  if (nth === 'last') return day.getUTCDate() + 7 > lengthOfMonth(day);
  return Math.ceil(day.getUTCDate() / 7) === nth;
}

function lengthOfMonth(day: Date): number {
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
}
