import { UsageError } from '../../errors.ts';

const UNITS: readonly [RegExp, number][] = [
  [/^s(ec(ond)?s?)?$/, 1],
  [/^m(in(ute)?s?)?$/, 60],
  [/^h((ou)?rs?)?$/, 3600],
  [/^d(ays?)?$/, 86_400],
  [/^w(eeks?)?$/, 604_800],
];

/** When a run is to start: `--start-at`, `--start-in`, or now. A time without a zone is this machine's. */
export function readStart(options: { readonly startAt?: string; readonly startIn?: string }, now: Date): Date {
  if (options.startIn !== undefined) return new Date(now.getTime() + readSpan(options.startIn) * 1000);
  if (options.startAt === undefined) return now;
  const time = new Date(options.startAt);
  if (!/^\d{4}-\d\d-\d\d/.test(options.startAt) || Number.isNaN(time.getTime())) {
    throw new UsageError(`--start-at takes a time such as 2026-12-24T18:00:00+01:00, not "${options.startAt}".`);
  }
  return time;
}

/** Seconds of `90s`, `10 minutes`, `1h 30m`; a number alone is seconds. */
function readSpan(text: string): number {
  const parts = [...text.toLowerCase().matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)/g)];
  const rest = text
    .toLowerCase()
    .replaceAll(/(\d+(?:\.\d+)?)\s*([a-z]*)/g, '')
    .replaceAll(/\band\b|,|\s/g, '');
  const seconds = parts.map(([, count, unit]) => {
    const size = unit === '' ? 1 : UNITS.find(([name]) => name.test(unit ?? ''))?.[1];
    return Number(count) * (size ?? Number.NaN);
  });
  const sum = seconds.reduce((total, part) => total + part, 0);
  if (parts.length === 0 || rest !== '' || Number.isNaN(sum)) {
    throw new UsageError(`--start-in takes a span such as 30s, 10m, 2h or 1d, not "${text}".`);
  }
  return sum;
}
