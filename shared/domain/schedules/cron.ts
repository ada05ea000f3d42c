/**
 * Cron expressions in croniter's dialect, which is what Prefect's API takes and stores. No library for JavaScript speaks it:
 * the sixth field is the second and stands last, ranges may run backwards (`fri-mon`, `22-2`), `5/15` means from 5 on,
 * `l5` is the last Friday, `1-l` ends with the month.
 */

/** What an expression allows. A null set allows everything. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number> | null;
  readonly lastDayOfMonth: boolean;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number> | null;
  /** `mon#2` and `l5`; when there are any, they alone decide about the weekday. */
  readonly nthWeekdays: readonly NthWeekday[];
  /** Just 0 unless the expression has a sixth field. */
  readonly seconds: ReadonlySet<number>;
  readonly years: ReadonlySet<number> | null;
}

export interface NthWeekday {
  readonly weekday: number;
  /** 1…5, or the last of the month. */
  readonly nth: number | 'last';
}

/** An expression that is not valid. */
export class CronError extends Error {
  override readonly name = 'CronError';
}

const ALIASES: Record<string, string> = {
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names: Readonly<Record<string, number>>;
  /** Numbers that stand for another one, in expressions of these lengths. */
  readonly alias?: { readonly from: number; readonly to: number; readonly lengths: readonly number[] };
}

const byName = (first: number, names: string): Record<string, number> =>
  Object.fromEntries(names.split(' ').map((name, index) => [name, first + index]));

const MINUTE: Field = { min: 0, max: 59, names: {} };
const HOUR: Field = { min: 0, max: 23, names: {} };
const DAY: Field = { min: 1, max: 31, names: {}, alias: { from: 0, to: 1, lengths: [6] } };
const MONTH: Field = { min: 1, max: 12, names: byName(1, 'jan feb mar apr may jun jul aug sep oct nov dec') };
const WEEKDAY: Field = {
  min: 0,
  max: 6,
  names: byName(0, 'sun mon tue wed thu fri sat'),
  alias: { from: 7, to: 0, lengths: [5] },
};
const SECOND: Field = { min: 0, max: 59, names: {} };
const YEAR: Field = { min: 1970, max: 2099, names: {} };

const LAST_DAY = 'l';

/** Reads an expression; throws `CronError` for what croniter refuses, and for its random and hashed fields as Prefect does. */
export function parseCron(expression: string): Cron {
  const lower = expression.toLowerCase();
  const fields = (ALIASES[lower] ?? lower).split(/\s+/).filter((field) => field !== '');
  if (fields.length < 5 || fields.length > 7) throw new CronError('Five, six or seven fields are expected.');
  const [minute, hour, day, month, weekday, second, year] = fields as CronFields;
  const read = (field: Field, text: string) => readField(field, text, fields.length);
  const days = readDays(day, fields.length);
  const weekdays = readWeekdays(weekday, fields.length);
  return {
    minutes: read(MINUTE, minute),
    hours: read(HOUR, hour),
    daysOfMonth: isAny(day) || (days.set.size === 31 && weekday.includes('*')) ? null : days.set,
    lastDayOfMonth: days.last,
    months: read(MONTH, month),
    weekdays: isAny(weekday) || (weekdays.set.size === 7 && day.includes('*')) ? null : weekdays.set,
    nthWeekdays: weekdays.nth,
    seconds: second === undefined ? new Set([0]) : read(SECOND, second),
    years: year === undefined || isAny(year) ? null : read(YEAR, year),
  };
}

type CronFields = [string, string, string, string, string, string?, string?];

/** A star among other values still means any; a star with a step does not. */
const isAny = (text: string): boolean => text === '?' || text.split(',').includes('*');

function readField(field: Field, text: string, length: number): Set<number> {
  return new Set(text.split(',').flatMap((part) => readPart(field, part, length)));
}

/** Day of month: `?` is any, `l` is the month's last day. */
function readDays(text: string, length: number): { set: Set<number>; last: boolean } {
  if (text === '?') return { set: readField(DAY, '*', length), last: false };
  const parts = text.split(',');
  const numbers = parts.filter((part) => part !== LAST_DAY).map((part) => part.replace(/-l(?=\/|$)/, '-31'));
  return {
    set: new Set(numbers.flatMap((part) => readPart(DAY, part, length))),
    last: parts.includes(LAST_DAY),
  };
}

/** Day of week: `?` is any, `mon#2` the second Monday, `l5` the last Friday. The last two do not mix with plain days. */
function readWeekdays(text: string, length: number): { set: Set<number>; nth: NthWeekday[] } {
  if (text === '?') return { set: readField(WEEKDAY, '*', length), nth: [] };
  const plain = new Set<number>();
  const nth: NthWeekday[] = [];
  for (const part of text.split(',')) {
    const last = /^l(\d+)$/.exec(part)?.[1];
    const [, days, count] = /^(\w+(?:-\w+)?)#(\d+)$/.exec(part) ?? [];
    if (last !== undefined) {
      for (const weekday of readPart(WEEKDAY, last, length)) nth.push({ weekday, nth: 'last' });
    } else if (days !== undefined) {
      if (Number(count) < 1 || Number(count) > 5) throw new CronError(`A month has no weekday number ${count}.`);
      for (const weekday of readPart(WEEKDAY, days, length)) nth.push({ weekday, nth: Number(count) });
    } else {
      for (const weekday of readPart(WEEKDAY, part, length)) plain.add(weekday);
    }
  }
  const counted = new Set(nth.map(({ weekday }) => weekday));
  const mixed = [...plain].some((weekday) => !counted.has(weekday));
  if (nth.length > 0 && mixed && !isAny(text)) {
    throw new CronError('Plain weekdays do not mix with counted ones.');
  }
  return { set: new Set([...plain, ...counted]), nth };
}

/** One of the parts between commas: `*`, `5`, `1-5`, each with an optional `/step`. */
function readPart(field: Field, part: string, length: number): number[] {
  const match = /^([^/]+)(?:\/(\d+))?$/.exec(part);
  if (!match) throw new CronError(`"${part}" is not understood.`);
  const [, range = '', stepText] = match;
  const step = Number(stepText ?? 1);
  if (step === 0) throw new CronError('A step of 0 never gets anywhere.');
  if (range === '*') return count(field.min, field.max, step);
  const bounds = range.split('-');
  if (bounds.length > 2) throw new CronError(`"${part}" is not understood.`);
  const low = readNumber(field, bounds[0] ?? '', length);
  if (bounds.length === 1 && stepText === undefined) return [low];
  const high = bounds.length === 1 ? field.max : readNumber(field, bounds[1] ?? '', length);
  if (low === high) return count(field.min, field.max, step);
  return low < high ? count(low, high, step) : aroundTheEnd(field, low, high, step);
}

/**
 * A range that runs over the end of its field and goes on at the beginning. With a step the second part begins where
 * croniter begins it: one later than counting on would, unless the first part ends just one step before the end.
 */
function aroundTheEnd(field: Field, low: number, high: number, step: number): number[] {
  const first = count(low, field.max, step);
  const left = field.max - first.at(-1)!;
  const skip = left === step - 1 ? 0 : step - left;
  return [...first, ...count(field.min + skip, high, step)];
}

function count(from: number, to: number, step: number): number[] {
  const numbers: number[] = [];
  for (let number = from; number <= to; number += step) numbers.push(number);
  return numbers;
}

function readNumber(field: Field, text: string, length: number): number {
  const named = Object.hasOwn(field.names, text) ? field.names[text] : undefined;
  if (named === undefined && !/^\d+$/.test(text)) throw new CronError(`"${text}" is no number.`);
  const given = named ?? Number(text);
  const { alias } = field;
  const value = alias && given === alias.from && alias.lengths.includes(length) ? alias.to : given;
  if (value < field.min || value > field.max) {
    throw new CronError(`${text} is not between ${field.min} and ${field.max}.`);
  }
  return value;
}
