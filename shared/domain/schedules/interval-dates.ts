import type { IntervalSchedule } from './schedule.ts';
import { fromLocal, toLocal } from './time-zone.ts';

const SECOND_MICROS = 1_000_000;
const DAY_SECONDS = 86_400;

/**
 * The times of an interval schedule at or after `start`, as UTC timestamps. From the anchor to the start it counts in
 * absolute time; from there on an interval of a day or more keeps the time on the wall, a shorter one counts seconds.
 */
export function* intervalDates(
  { interval, anchor_date, timezone }: IntervalSchedule,
  start: string,
): Generator<string> {
  const zone = timezone ?? 'UTC';
  const step = Math.round(interval * SECOND_MICROS);
  const [anchor, from] = [toMicros(anchor_date), toMicros(start)];
  const advance = (micros: number) => (interval >= DAY_SECONDS ? onTheWall(micros, step, zone) : micros + step);
  let next = anchor + Math.trunc((from - anchor) / step) * step;
  while (next < from) next = advance(next);
  for (let before = Number.NEGATIVE_INFINITY; ; next = advance(next)) {
    if (next > before) yield fromMicros(next);
    before = next;
  }
}

/** Adds to what the clock in the zone shows. */
function onTheWall(micros: number, step: number, zone: string): number {
  const millis = Math.floor(micros / 1000);
  const rest = micros - millis * 1000;
  const local = toLocal(new Date(millis), zone).getTime() * 1000 + rest + step;
  const localMillis = Math.floor(local / 1000);
  return fromLocal(new Date(localMillis), zone).getTime() * 1000 + (local - localMillis * 1000);
}

/** Microseconds since 1970 are exact in a number until the year 2255. */
function toMicros(timestamp: string): number {
  const micros = Number(/\.\d{3}(\d{3})/.exec(timestamp)?.[1] ?? 0);
  return Date.parse(timestamp) * 1000 + micros;
}

function fromMicros(micros: number): string {
  const millis = Math.floor(micros / 1000);
  return `${new Date(millis).toISOString().slice(0, 23)}${String(micros - millis * 1000).padStart(3, '0')}Z`;
}
