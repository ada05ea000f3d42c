import * as z from 'zod/mini';
import type { Json, JsonObject } from '../../domain/json.ts';
import { toUtc } from '../../domain/utc.ts';

export { toUtc };

/** Values that every resource uses, as Prefect's API takes them. Bodies ignore unknown keys; filters refuse them. */

const FLAGS = new Map([
  ...['true', 't', 'yes', 'y', 'on', '1'].map((text) => [text, true] as const),
  ...['false', 'f', 'no', 'n', 'off', '0'].map((text) => [text, false] as const),
]);

const ISO_DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

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

/** An RFC 3339 time (a missing zone means UTC); comes out in UTC with microseconds kept. */
export const datetime = z.pipe(
  z.string().check(z.refine((text: string) => toUtc(text) !== null, { error: 'datetime_from_date_parsing' })),
  z.transform((text: string) => toUtc(text) ?? text),
);

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

/** A span of time: seconds, or ISO 8601 (`PT1H30M`); never negative; comes out in seconds. */
export const seconds = z.pipe(
  z.union([z.number().check(z.gte(0)), z.string().check(z.regex(ISO_DURATION))]),
  z.transform((value: number | string) => (typeof value === 'number' ? value : isoSeconds(value))),
);

/** A boolean in a query string, in any spelling pydantic takes. */
export const queryFlag = z.pipe(
  z.string().check(z.refine((text: string) => FLAGS.has(text.toLowerCase()), { error: 'bool_parsing' })),
  z.transform((text: string) => FLAGS.get(text.toLowerCase()) ?? false),
);

/** `limit` of the filter routes is checked by `pageSize`, not here: its error is not a field error. */
export const paging = { limit: z.nullish(integer), offset: z.nullish(nonNegativeInteger) };

function wholeNumber(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' && WHOLE.test(value) ? Number(value.replaceAll('_', '')) : value;
}

function isoSeconds(text: string): number {
  const [, days = 0, hours = 0, minutes = 0, rest = 0] = ISO_DURATION.exec(text) ?? [];
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(rest);
}
