const TIME = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?\s*([Zz]|[+-]\d{2}:?\d{2})?)?$/;

/** Normalises a time to UTC, keeping microseconds: `2026-11-24T01:52:07.971417Z`; a day alone is its midnight; null when it is none. */
export function toUtc(text: string): string | null {
  const parts = partsOf(text);
  return parts && `${parts.at.toISOString().slice(0, 19)}.${parts.micros}Z`;
}

/** The same time as pydantic writes it back: in the offset it was given in, without a fraction of nothing. Null when it is no time. */
export function withItsOffset(text: string): string | null {
  const parts = partsOf(text);
  if (!parts) return null;
  const offset = /^[-+]00:00$/.test(parts.offset) ? 'Z' : parts.offset;
  return `${parts.local}${Number(parts.micros) === 0 ? '' : `.${parts.micros}`}${offset}`;
}

function partsOf(text: string): { at: Date; local: string; micros: string; offset: string } | null {
  const match = TIME.exec(text);
  if (!match) return null;
  const [, date, clock = '00:00', fraction = '', zone = 'Z'] = match;
  const local = `${date}T${clock.length === 5 ? `${clock}:00` : clock}`;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const at = new Date(`${local}${offset}`);
  return Number.isNaN(at.getTime()) ? null : { at, local, micros: fraction.padEnd(6, '0').slice(0, 6), offset };
}

/** Seconds from one such time to another; negative when `to` is earlier. Exact to the microsecond. */
export function secondsBetween(from: string, to: string): number {
  return (microseconds(to) - microseconds(from)) / 1e6;
}

/** A time so many seconds later (or earlier), to the microsecond. */
export function addSeconds(time: string, seconds: number): string {
  const micros = microseconds(time) + Math.round(seconds * 1e6);
  const rest = ((micros % 1000) + 1000) % 1000;
  return new Date((micros - rest) / 1000).toISOString().replace('Z', `${String(rest).padStart(3, '0')}Z`);
}

/** Since 1970; exact in a double until the year 2255. */
function microseconds(time: string): number {
  return Date.parse(`${time.slice(0, 19)}Z`) * 1000 + Number(time.slice(20, 26));
}
