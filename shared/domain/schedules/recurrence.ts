import type { Options } from 'rrule';
import { rrule } from '../libraries.ts';
import { toLocal } from './time-zone.ts';

/** The library's numbers for `FREQ`. */
const [WEEKLY, DAILY, HOURLY, MINUTELY, SECONDLY] = [2, 3, 4, 5, 6] as const;

/** Recurrence text that dateutil's `rrulestr` would refuse; `message` says why. */
export class RecurrenceError extends Error {
  override readonly name = 'RecurrenceError';
}

/** A parsed recurrence. Dates are local times (see `time-zone.ts`): the schedule's zone replaces any zone in the text. */
export interface Recurrence {
  readonly start: Date | null;
  readonly rules: readonly Partial<Options>[];
  readonly excludedRules: readonly Partial<Options>[];
  readonly dates: readonly Date[];
  readonly excludedDates: readonly Date[];
}

const RULE_KEYS = new Set(
  (
    'FREQ INTERVAL COUNT UNTIL WKST BYSETPOS BYMONTH BYMONTHDAY BYYEARDAY BYEASTER BYWEEKNO BYDAY BYWEEKDAY BYHOUR ' +
    'BYMINUTE BYSECOND'
  ).split(' '),
);

/** Reads RFC 5545 text as dateutil does: lines in any order, a bare rule without `RRULE:`, several rules, dates, exceptions. */
export function parseRecurrence(text: string): Recurrence {
  const lines = text
    .toUpperCase()
    .split(/\s+/)
    .filter((line) => line !== '');
  if (lines.length === 0) throw new RecurrenceError('empty string');
  const properties = lines.map(readProperty);
  const values = (name: string) => properties.filter((property) => property.name === name);
  const unknown = properties.find(({ name }) => !['RRULE', 'EXRULE', 'RDATE', 'EXDATE', 'DTSTART'].includes(name));
  if (unknown) throw new RecurrenceError(`unsupported property: ${unknown.name}`);
  const start = values('DTSTART').flatMap(readDates).at(-1) ?? null;
  const rule = ({ value }: Property) => readRule(value, start?.zoned ?? false);
  const recurrence = {
    start: start?.local ?? null,
    rules: values('RRULE').map(rule),
    excludedRules: values('EXRULE').map(rule),
    dates: values('RDATE')
      .flatMap(readDates)
      .map(({ local }) => local),
    excludedDates: values('EXDATE')
      .flatMap(readDates)
      .map(({ local }) => local),
  };
  if (recurrence.rules.length === 0 && recurrence.dates.length === 0) throw new RecurrenceError('there is no rule');
  return recurrence;
}

/** The anchor of rules that state none. */
const DEFAULT_START = Date.UTC(2020, 0, 1);

/**
 * The text with an explicit start. Rules by the second or minute get a recent one in the same phase, or every look at them
 * would count from 2020; all others the anchor that they have always had. Follows Prefect's `normalize_rrule_string`.
 */
export function withStart(text: string, zone: string | null, now: Date): string {
  if (text.toUpperCase().includes('DTSTART')) return text;
  const { rules, excludedRules, dates, excludedDates } = parseRecurrence(text);
  const [rule] = rules;
  const alone = rules.length + excludedRules.length + dates.length + excludedDates.length === 1;
  const unitMillis = rule?.freq === SECONDLY ? 1000 : rule?.freq === MINUTELY ? 60_000 : null;
  if (!alone || !rule || unitMillis === null || rule.count != null) return `DTSTART:${compact(DEFAULT_START)}\n${text}`;
  const periodMillis = unitMillis * (rule.interval ?? 1);
  const passed = Math.max(0, toLocal(now, zone ?? 'UTC').getTime() - DEFAULT_START);
  return `DTSTART:${compact(DEFAULT_START + Math.floor(passed / periodMillis) * periodMillis)}\n${text}`;
}

const DAY_MILLIS = 86_400_000;
const YEARS_SEARCHED = 130;

/** The local times of a recurrence from `from` on, in order. Looks ahead in spans that double, as most callers want few. */
export function* recurrenceTimes(recurrence: Recurrence, from: Date): Generator<Date> {
  const { RRule, RRuleSet } = rrule();
  const set = new RRuleSet();
  const dtstart = recurrence.start ?? new Date(DEFAULT_START);
  const near = (rule: Partial<Options>) => new RRule({ ...rule, dtstart: startNear(rule, dtstart, from) });
  for (const rule of recurrence.rules) set.rrule(near(rule));
  for (const rule of recurrence.excludedRules) set.exrule(near(rule));
  for (const date of recurrence.dates) set.rdate(date);
  for (const date of recurrence.excludedDates) set.exdate(date);
  const last = from.getTime() + YEARS_SEARCHED * 366 * DAY_MILLIS;
  let spanMillis = 8 * DAY_MILLIS;
  for (let begin = from.getTime(); begin < last; ) {
    const next = begin + spanMillis;
    yield* set.between(new Date(begin), new Date(next - 1), true);
    [begin, spanMillis] = [next, spanMillis * 2];
  }
}

const UNIT_MILLIS: Partial<Record<number, number>> = {
  [WEEKLY]: 7 * DAY_MILLIS,
  [DAILY]: DAY_MILLIS,
  [HOURLY]: 3_600_000,
  [MINUTELY]: 60_000,
  [SECONDLY]: 1000,
};

/** A start in the same phase, close before `from`, for rules that count evenly; the library walks from the start each time. */
function startNear(rule: Partial<Options>, start: Date, from: Date): Date {
  const unitMillis = UNIT_MILLIS[rule.freq ?? -1];
  if (unitMillis === undefined || rule.count != null) return start;
  const periodMillis = unitMillis * (rule.interval ?? 1);
  const periods = Math.floor((from.getTime() - start.getTime()) / periodMillis);
  return periods > 0 ? new Date(start.getTime() + periods * periodMillis) : start;
}

interface Property {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly value: string;
}

function readProperty(line: string): Property {
  const colon = line.indexOf(':');
  const [name = '', ...parameters] = colon < 0 ? ['RRULE'] : line.slice(0, colon).split(';');
  const allowed = /^(?:VALUE=DATE(?:-TIME)?|TZID=.+)$/;
  const wrong = parameters.find((parameter) => name.endsWith('RULE') || !allowed.test(parameter));
  if (wrong !== undefined) throw new RecurrenceError(`unsupported ${name} parm: ${wrong}`);
  return { name, parameters, value: line.slice(colon + 1) };
}

function readRule(value: string, startIsZoned: boolean): Partial<Options> {
  for (const pair of value.split(';')) {
    const [key = '', setting, ...more] = pair.split('=');
    if (setting === undefined || more.length > 0) throw new RecurrenceError(`"${pair}" is not of the form NAME=VALUE`);
    if (!RULE_KEYS.has(key)) throw new RecurrenceError(`unknown parameter '${key}'`);
  }
  const until = /(?:^|;)UNTIL=([^;]*)/.exec(value)?.[1];
  const end = until === undefined ? null : readDate(until, []);
  if (end && end.zoned !== startIsZoned) {
    throw new RecurrenceError('UNTIL must have a zone (Z) when DTSTART has one, and none when it has none');
  }
  const { RRule } = rrule();
  try {
    const rest = value.split(';').filter((pair) => !pair.startsWith('UNTIL='));
    const options = { ...RRule.parseString(rest.join(';')), ...(end && { until: end.local }) };
    if (options.freq === undefined) throw new RecurrenceError('FREQ is missing');
    const broken = Object.values(options).flat().some(Number.isNaN);
    if (broken || (options.interval ?? 1) < 1) throw new RecurrenceError(`a value of "${value}" is no number`);
    return new RRule(options).origOptions;
  } catch (error) {
    if (error instanceof RecurrenceError) throw error;
    throw new RecurrenceError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function readDates({ parameters, value }: Property): { local: Date; zoned: boolean }[] {
  return value.split(',').map((text) => readDate(text, parameters));
}

const DATE = /^(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2}):?(\d{2})?)?(Z|[+-]\d{2}:?\d{2})?$/;

function readDate(text: string, parameters: readonly string[]): { local: Date; zoned: boolean } {
  const match = DATE.exec(text);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? [])
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  if (
    !match ||
    local.getUTCMonth() !== month - 1 ||
    local.getUTCDate() !== day ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  ) {
    throw new RecurrenceError(`"${text}" is no date`);
  }
  return { local, zoned: match[7] !== undefined || parameters.some((parameter) => parameter.startsWith('TZID=')) };
}

function compact(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
}
