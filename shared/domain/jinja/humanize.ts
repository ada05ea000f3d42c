import { withCommas } from './format.ts';
import { DateTime, TimeDelta } from './times.ts';
import { asNumber, text, type Value } from './values.ts';

const DAY = 86_400;
const HOUR = 3_600;

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
const some = (count: number, unit: string): string =>
  count === 1 ? `${unit === 'hour' ? 'an' : 'a'} ${unit}` : plural(count, unit);

/** A span as people say it, by its largest unit: `3 minutes`, `an hour`, `1 year, 2 months`. Follows `humanize.naturaldelta`. */
function naturalSpan(given: number): string {
  const seconds = Math.floor(Math.abs(given));
  const allDays = Math.floor(seconds / DAY);
  const [years, days] = [Math.floor(allDays / 365), allDays % 365];
  const months = Math.round(days / 30.5);
  if (allDays === 0) return withinDay(seconds);
  if (years === 0) {
    if (months === 0 || days === 1) return some(days, 'day');
    return months === 12 ? 'a year' : some(months, 'month');
  }
  if (years > 1) return `${withCommas(String(Math.round(allDays / 365)))} years`;
  if (months === 12) return '2 years';
  if (months === 0) return days === 0 ? 'a year' : `1 year, ${plural(days, 'day')}`;
  return `1 year, ${plural(months, 'month')}`;
}

function withinDay(seconds: number): string {
  if (seconds === 0) return 'a moment';
  if (seconds < 60) return some(seconds, 'second');
  const minutes = Math.round(seconds / 60);
  if (seconds < HOUR) return minutes === 60 ? 'an hour' : some(minutes, 'minute');
  const hours = Math.round(seconds / HOUR);
  return hours === 24 ? 'a day' : some(hours, 'hour');
}

/** Every unit that there is: `1 hour, 2 minutes and 3 seconds`. Follows `humanize.precisedelta` to the second. */
function preciseSpan(given: number): string {
  let rest = Math.abs(given);
  const parts: string[] = [];
  for (const [unit, size] of [
    ['year', 365 * DAY],
    ['month', 30.5 * DAY],
    ['day', DAY],
    ['hour', HOUR],
    ['minute', 60],
  ] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(plural(count, unit));
  }
  const seconds = Number.isInteger(rest) ? String(rest) : rest.toFixed(2);
  if (rest > 0 || parts.length === 0) parts.push(`${seconds} second${rest === 1 ? '' : 's'}`);
  const last = parts.pop()!;
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
}

function naturalDay(value: Value, now: Date, withYear: boolean): string {
  if (!(value instanceof DateTime)) return text(value);
  const days = Math.floor(value.at / 1e6 / DAY) - Math.floor(now.getTime() / 1000 / DAY);
  const word = { '0': 'today', '1': 'tomorrow', '-1': 'yesterday' }[String(days)];
  if (word) return word;
  const format = withYear && Math.abs(days) >= (5 * 365) / 12 ? '%b %d %Y' : '%b %d';
  return text(
    (value.attribute('strftime') as (args: Value[], named: Map<string, Value>) => Value)([format], new Map()),
  );
}

function naturalSize(bytes: number, binary: boolean): string {
  const base = binary ? 1024 : 1000;
  const units = binary ? ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] : ['kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  if (Math.abs(bytes) === 1) return `${bytes} Byte`;
  if (Math.abs(bytes) < base) return `${Math.trunc(bytes)} Bytes`;
  const place = Math.min(units.length, Math.floor(Math.log(Math.abs(bytes)) / Math.log(base)));
  return `${(bytes / base ** place).toFixed(1)} ${units[place - 1]}`;
}

function ordinal(value: number): string {
  const tens = Math.abs(value) % 100;
  const suffix = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][Math.abs(value) % 10] ?? 'th');
  return `${value}${suffix}`;
}

const secondsOf = (value: Value): number | null => (value instanceof TimeDelta ? value.micros / 1e6 : asNumber(value));

/** The filters of `jinja2_humanize_extension` that people write about times and numbers with, in English. */
export function humanizeFilters(
  now: Date,
): Readonly<Record<string, (value: Value, args: readonly Value[], named: ReadonlyMap<string, Value>) => Value>> {
  const ofSeconds = (make: (seconds: number) => string) => (value: Value) => {
    const seconds = secondsOf(value);
    return seconds === null ? text(value) : make(seconds);
  };
  const ofNumber = (make: (number: number) => string) => (value: Value) => {
    const number = asNumber(value);
    return number === null ? text(value) : make(number);
  };
  return {
    humanize_naturaldelta: ofSeconds(naturalSpan),
    humanize_precisedelta: ofSeconds(preciseSpan),
    humanize_naturaltime: (value, args, named) => {
      const seconds = value instanceof DateTime ? now.getTime() / 1000 - value.at / 1e6 : secondsOf(value);
      if (seconds === null) return text(value);
      const isFuture = asNumber(value) === null ? seconds < 0 : (args[0] ?? named.get('future')) === true;
      const span = naturalSpan(seconds);
      return span === 'a moment' ? 'now' : `${span} ${isFuture ? 'from now' : 'ago'}`;
    },
    humanize_naturalday: (value) => naturalDay(value, now, false),
    humanize_naturaldate: (value) => naturalDay(value, now, true),
    humanize_naturalsize: (value, args, named) =>
      ofNumber((bytes) => naturalSize(bytes, (args[0] ?? named.get('binary')) === true))(value),
    humanize_intcomma: (value) => withCommas(text(value)),
    humanize_ordinal: ofNumber(ordinal),
  };
}
