import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../json/json.ts';

/** The payload of an `updated` event: which of these fields have another value now; null when none has. */
export function changedFields<Doc extends object>(
  before: Doc,
  after: Doc,
  fields: readonly (keyof Doc & string)[],
  nameOf: (field: string) => string = (field) => field,
): JsonObject | null {
  const changed = fields.filter((field) => !isDeepStrictEqual(before[field], after[field]));
  if (changed.length === 0) return null;
  return {
    updated_fields: changed.map(nameOf),
    updates: Object.fromEntries(
      changed.map((field) => [nameOf(field), { from: before[field] as Json, to: after[field] as Json }]),
    ),
  };
}
