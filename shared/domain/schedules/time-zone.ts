/**
 * Times on a zone's clock. A local time is a `Date` whose UTC fields show what the clock on the wall shows; arithmetic on it
 * is calendar arithmetic, free of daylight saving.
 */

const formats = new Map<string, Intl.DateTimeFormat>();

/** True for the names of the IANA database. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return Boolean(formatOf(name));
  } catch {
    return false; // RangeError: what Intl does not know
  }
}

/** What the clock in the zone shows at an instant. */
export function toLocal(instant: Date, zone: string): Date {
  return new Date(instant.getTime() + offsetMillis(instant, zone));
}

/**
 * The instant at which the zone's clock shows a local time. A time that the clock skips in spring is moved forward by the
 * gap; one that it shows twice in autumn means the first.
 */
export function fromLocal(local: Date, zone: string): Date {
  const before = offsetMillis(new Date(local.getTime() - DAY_MILLIS), zone);
  const after = offsetMillis(new Date(local.getTime() + DAY_MILLIS), zone);
  const [first, second] = [new Date(local.getTime() - before), new Date(local.getTime() - after)];
  if (before === after || offsetMillis(first, zone) === before) return first;
  return offsetMillis(second, zone) === after ? second : first;
}

const DAY_MILLIS = 86_400_000;

/** How far the zone's clock is ahead of UTC. */
function offsetMillis(instant: Date, zone: string): number {
  if (zone === 'UTC') return 0;
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(instant)) parts[type] = Number(value);
  const shown = Date.UTC(
    parts['year']!,
    parts['month']! - 1,
    parts['day']!,
    parts['hour']!,
    parts['minute']!,
    parts['second']!,
  );
  return shown - Math.floor(instant.getTime() / 1000) * 1000;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  const time = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...numeric, ...time });
  formats.set(zone, format);
  return format;
}
