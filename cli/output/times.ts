const UNITS: readonly [seconds: number, name: string][] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** `3 minutes ago`, `in 2 hours`, `-` for no time. */
export function relative(time: string | null | undefined, now: Date): string {
  if (!time) return '-';
  const seconds = Math.round((Date.parse(time) - now.getTime()) / 1000);
  const [size, name] = UNITS.find(([size]) => Math.abs(seconds) >= size) ?? [1, 'second'];
  const count = Math.round(Math.abs(seconds) / size);
  if (count === 0) return 'now';
  const span = `${count} ${name}${count === 1 ? '' : 's'}`;
  return seconds < 0 ? `${span} ago` : `in ${span}`;
}

/** `1h 2m 3s`; tenths below a minute. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)}s`;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return `${hours > 0 ? `${hours}h ` : ''}${minutes}m ${Math.floor(seconds % 60)}s`;
}

/** The time of a log line on this machine's clock, as Prefect's own lines show it. */
export function clockTime(time: string): string {
  const date = new Date(time);
  const two = (part: number, digits = 2) => String(part).padStart(digits, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${two(date.getMilliseconds(), 3)}`;
}
