import * as z from 'zod/mini';
import type { Json, JsonObject } from '../../domain/json/json.ts';
import { pageSizeProblem } from '../../domain/page-size.ts';
import { toUtc, withItsOffset } from '../../domain/utc.ts';
import { durationSeconds } from './durations.ts';

export { toUtc };

/** Values that every resource uses, as Prefect's API takes them. Bodies ignore unknown keys; filters refuse them. */

const FLAGS = new Map([
  ...['true', 't', 'yes', 'y', 'on', '1'].map((text) => [text, true] as const),
  ...['false', 'f', 'no', 'n', 'off', '0'].map((text) => [text, false] as const),
]);

/** `5`, ` 5.0 `, `1_000`. */
const WHOLE = /^\s*[-+]?\d+(?:_\d+)*(?:\.0+)?\s*$/;

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** A UUID in any spelling Prefect accepts; comes out lower case with dashes. */
export const uuid = z.pipe(
  z.string({ error: 'uuid_type' }).check(z.regex(UUID, { error: 'uuid_parsing' })),
  z.transform((text: string) => {
    const hex = text.replaceAll('-', '').toLowerCase();
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }),
);

/** From here on Prefect takes a number for milliseconds since 1970, below for seconds. */
const FIRST_MILLISECOND = 2e10;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const NUMBER = /^\s*[-+]?\d+(?:_\d+)*(?:\.\d*)?(?:[eE][-+]?\d+)?\s*$/;

/** An RFC 3339 time (a missing zone means UTC), a day, or seconds since 1970; comes out in UTC with microseconds kept. */
export const datetime = timeAs(toUtc);
/** The same, but comes out in the offset it was given in: for times whose spelling clients compare with what they have sent. */
export const datetimeWithOffset = timeAs(withItsOffset);

/** Names of pools, queues, deployments, flows: no `/ % & > <` (Prefect's `Name`). */
export const name = z.string().check(z.regex(/^[^/%&><]+$/, { abort: true }));
export const nameOrEmpty = z.string().check(z.regex(/^[^/%&><]*$/));

export const json = z.unknown() as unknown as z.ZodMiniType<Json>;
export const jsonObject = z.record(z.string(), z.unknown()) as unknown as z.ZodMiniType<JsonObject>;
export const tags = z.array(z.string());
export const labels = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
/** A whole number, also as text or boolean: pydantic takes both. */
export const integer = z.pipe(z.transform(wholeNumber), z.number({ error: 'integer' }).check(z.int()));
export const nonNegativeInteger = integer.check(z.gte(0));
/** A number, also as text or boolean. */
export const number = z.pipe(z.transform(asNumber), z.number());
/** A boolean, also in the spellings and numbers that pydantic takes for one. */
export const flag = z.pipe(z.transform(asFlag), z.boolean());

/** The name of a run. Whatever Python takes for nothing comes out as an empty text, in whose place the server makes a name. */
export const runName = z.pipe(z.transform(textOrNothing), z.string());

/** One of these texts; what Prefect calls a literal, where `z.enum` is an enumeration: their errors have different names. */
export const literal = <const Values extends readonly string[]>(values: Values) =>
  z.enum(values, { error: 'literal_error' });

/** A span of time: seconds, ISO 8601 (`PT1H30M`), or as a clock shows it (`01:30`, `1 day 01:30:00`); never negative; comes out in seconds. */
const signedSeconds = z.number({ error: 'time_delta' });
export const seconds = z.pipe(z.transform(secondsGiven), signedSeconds.check(z.gte(0)));
/** The same, below zero too, or null; that it must be given would be lost around `seconds`. */
export const secondsOrNull = z.pipe(z.transform(secondsGiven), z.nullable(signedSeconds));

/**
 * `limit` stands before whatever else a list takes, since Prefect reads it first; one outside 0…200 is no field error but refuses
 * the request as `pageSize` does.
 */
export const pageLimit = z.nullish(
  integer.check(z.refine((limit: number) => pageSizeProblem(limit) === null, { error: 'page_size' })),
);
export const offset = z.nullish(nonNegativeInteger);

function wholeNumber(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' && WHOLE.test(value) ? Number(value.replaceAll('_', '')) : value;
}

function asNumber(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' && NUMBER.test(value) ? Number(value.replaceAll('_', '')) : value;
}

function textOrNothing(value: unknown): unknown {
  const nothing = !value || (typeof value === 'object' && Object.keys(value).length === 0);
  return nothing ? '' : value;
}

function asFlag(value: unknown): unknown {
  if (value === 0 || value === 1) return value === 1;
  return typeof value === 'string' ? (FLAGS.get(value.toLowerCase()) ?? value) : value;
}

function timeAs(spelled: (text: string) => string | null) {
  return z.pipe(
    z.transform(timeGiven),
    z.string({ error: ({ input }) => (input === undefined ? undefined : 'datetime_from_date_parsing') }).check(
      z.refine((text: string) => spelled(text) !== null, { error: 'datetime_from_date_parsing' }),
      z.overwrite((text: string) => spelled(text) ?? text),
    ),
  );
}

function timeGiven(value: unknown): unknown {
  const count = asNumber(value);
  if (typeof count === 'number' && typeof value !== 'boolean') {
    const at = new Date(Math.abs(count) > FIRST_MILLISECOND ? count : count * 1000);
    return Number.isNaN(at.getTime()) ? value : at.toISOString();
  }
  return typeof value === 'string' && DAY.test(value) ? `${value}T00:00:00Z` : value;
}

function secondsGiven(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' ? (durationSeconds(value) ?? value) : value;
}
