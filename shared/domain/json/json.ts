/** Any value that JSON can carry. */
export type Json = string | number | boolean | null | RawNumber | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** A number that JavaScript would spell otherwise, kept as its text (V8's raw JSON, see `lossless-json.ts`). */
export interface RawNumber {
  readonly rawJSON: string;
}

/** ES2026's "JSON.parse source text access", which Node 24 has and TypeScript's library does not name yet. */
const { isRawJSON } = JSON as unknown as { isRawJSON(value: unknown): value is RawNumber };

export function isRawNumber(value: unknown): value is RawNumber {
  return isRawJSON(value);
}

/** True for a plain JSON object (not null, no list, no raw number). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value);
}
