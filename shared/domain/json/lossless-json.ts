import { isJsonObject, isRawNumber, type Json, type RawNumber } from './json.ts';

/**
 * JSON whose numbers keep their spelling. Python tells `10.0` from `10` and has whole numbers without a bound; what users put
 * into blocks, parameters, variables, artifacts and results must survive the way through JavaScript. A number that JavaScript
 * would spell otherwise is kept as V8's raw JSON, which `JSON.stringify` writes as it came.
 */

const SourceJson = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): RawNumber;
};

/** Numbers that JavaScript may spell otherwise: too many digits, a fraction that ends with 0, an exponent, minus zero. */
const MAY_DIFFER =
  /(?:^|[[:,])\s*(?:-?\d{16,}|-?\d+\.\d*0(?=[,\]}\s]|$)|-?\d+(?:\.\d+)?[eE][-+]?\d+(?=[,\]}\s]|$)|-0(?=[,\]}\s]|$))/;

/** False when JavaScript spells every number of this JSON as it stands there. */
export function mayLoseSpelling(text: string): boolean {
  return MAY_DIFFER.test(text);
}

/** Parses JSON without losing a digit; as fast as `JSON.parse` where nothing could get lost. Throws `SyntaxError`. */
export function parseLossless(text: string): Json {
  if (!mayLoseSpelling(text)) return JSON.parse(text) as Json;
  return SourceJson.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? SourceJson.rawJSON(source) : value,
  ) as Json;
}

/** The value with every number as JavaScript has it: for what calculates or looks at kinds of values. */
export function plainNumbers<Value extends Json>(value: Value): Value {
  return plain(value) as Value;
}

function plain(value: Json): Json {
  if (isRawNumber(value)) return Number(value.rawJSON);
  if (Array.isArray(value)) return value.map(plain);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
