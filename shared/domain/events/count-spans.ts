import { addSeconds, secondsBetween } from '../utc.ts';

/** Prefect counts time from here: no event is older. A Monday. */
const PIVOT = '2024-04-01T00:00:00.000000Z';
const MOST_SPANS = 1_000;
const MICROSECOND = 1e-6;

const UNIT_SECONDS = { week: 7 * 86_400, day: 86_400, hour: 3_600, minute: 60, second: 1 } as const;
export type TimeUnit = keyof typeof UNIT_SECONDS;

/** What a group of events is counted as (Prefect's `EventCount`). */
export interface EventCount {
  value: string;
  label: string;
  count: number;
  start_time: string;
  end_time: string;
}

/** A division of time into spans of one length, and the counts in those that a range touches. */
export class CountSpans {
  readonly #seconds: number;
  readonly #first: number;
  readonly #counts: EventCount[] = [];

  constructor(range: { since: string; until: string }, unit: TimeUnit, interval: number, now: string) {
    this.#seconds = UNIT_SECONDS[unit] * interval;
    this.#first = this.#index(range.since);
    const end = range.until > now ? endOfPeriod(now, unit) : range.until;
    for (let place = this.#first; this.#start(place) < end; place++) {
      const start = this.#start(place);
      this.#counts.push({
        value: String(place - this.#first),
        label: label(start),
        count: 0,
        start_time: start,
        end_time: addSeconds(this.#start(place + 1), -MICROSECOND),
      });
    }
  }

  add(occurred: string): void {
    const span = this.#counts[this.#index(occurred) - this.#first];
    if (span) span.count++;
  }

  /** In order of time, empty ones too. */
  get counts(): readonly EventCount[] {
    return this.#counts;
  }

  #index(time: string): number {
    return Math.floor(secondsBetween(PIVOT, time) / this.#seconds);
  }

  #start(place: number): string {
    return addSeconds(PIVOT, place * this.#seconds);
  }
}

/** Why a range cannot be divided so, in Prefect's words; null when it can. */
export function spansProblem(range: { since: string; until: string }, unit: TimeUnit, interval: number): string | null {
  const count = Math.ceil(secondsBetween(range.since, range.until) / (UNIT_SECONDS[unit] * interval));
  if (count <= MOST_SPANS) return null;
  return (
    `The given interval would create ${count} buckets, which is too many. Please increase the interval or reduce the ` +
    `time range to produce ${MOST_SPANS} buckets or fewer.`
  );
}

/** The last microsecond of the calendar's week (to Sunday), day, hour, minute or second. */
function endOfPeriod(time: string, unit: TimeUnit): string {
  const at = secondsBetween(PIVOT, time);
  return addSeconds(PIVOT, (Math.floor(at / UNIT_SECONDS[unit]) + 1) * UNIT_SECONDS[unit] - MICROSECOND);
}

/** As Python's `isoformat` prints it. */
const label = (time: string): string => `${time.slice(0, 19)}${time.slice(19, 26).replace('.000000', '')}+00:00`;
