const N = String.raw`\d+(?:[.,]\d+)?`;
/** `P1Y2M3W4DT5H6M7.5S`, each part with a fraction. */
const ISO = new RegExp(
  `^([-+]?)P(?=\\d|T\\d)(?:(${N})Y)?(?:(${N})M)?(?:(${N})W)?(?:(${N})D)?(?:T(?:(${N})H)?(?:(${N})M)?(?:(${N})S)?)?$`,
);
/** `1 day`, `3d 01:30`, `1 day, 2:00:00.5`, `24:00`. */
const DAYS = /^([-+]?)(\d+)\s*d(?:ays?)?$/i;
const CLOCK =
  /^([-+]?)(?:(\d+)\s*d(?:ays?)?,?\s*)?(?:(\d{2,}):([0-5]\d)(?::([0-5]\d(?:[.,]\d+)?))?|(\d):([0-5]\d):([0-5]\d(?:[.,]\d+)?))$/i;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Of the parts of an ISO duration, in seconds, as pydantic counts years and months. */
const PARTS = [365 * DAY, 30 * DAY, 7 * DAY, DAY, HOUR, MINUTE, 1];

/** The seconds of a span of time in any of the spellings that pydantic takes; null for other texts. */
export function durationSeconds(text: string): number | null {
  const iso = ISO.exec(text);
  if (iso)
    return signed(
      iso[1],
      iso.slice(2).map((part, place) => number(part) * PARTS[place]!),
    );
  const days = DAYS.exec(text);
  if (days) return signed(days[1], [number(days[2]) * DAY]);
  const clock = CLOCK.exec(text);
  if (!clock) return null;
  const [, sign, day, hour, minute, second, shortHour, shortMinute, shortSecond] = clock;
  return signed(sign, [
    number(day) * DAY,
    number(hour ?? shortHour) * HOUR,
    number(minute ?? shortMinute) * MINUTE,
    number(second ?? shortSecond),
  ]);
}

const number = (text: string | undefined): number => Number((text ?? '0').replace(',', '.'));
const signed = (sign: string | undefined, parts: readonly number[]): number =>
  parts.reduce((sum, part) => sum + part, 0) * (sign === '-' ? -1 : 1);
