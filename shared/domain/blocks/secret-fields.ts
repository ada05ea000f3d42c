import { isJsonObject, type Json, type JsonObject } from '../json/json.ts';

/** What stands in place of a secret, whatever its type or length. */
export const OBFUSCATED = '********';

/** The paths of a schema's secret fields: `a.b`, `a.*`. A document without a schema hides everything. */
export function secretPaths(fields: JsonObject | null): string[][] {
  if (!fields) return [['*']];
  const named = Array.isArray(fields['secret_fields']) ? fields['secret_fields'] : [];
  return named.filter((path) => typeof path === 'string').map((path) => path.split('.'));
}

/**
 * The data with every secret leaf replaced. A wildcard covers all that lies below its place; so does a secret field that
 * holds an object (Prefect shows those, which nobody wants). A missing secret (null) stays null unless a wildcard covers it.
 */
export function obfuscate(data: JsonObject, secrets: readonly string[][]): JsonObject {
  return mapLeaves(data, [], (path, leaf) => {
    const cover = coverOf(path, secrets);
    return cover === 'wildcard' || (cover === 'named' && leaf !== null) ? OBFUSCATED : leaf;
  });
}

/** The update with every secret that came back obfuscated replaced by its present value: it was shown, not typed. */
export function keepObfuscated(update: JsonObject, current: JsonObject, secrets: readonly string[][]): JsonObject {
  return mapLeaves(update, [], (path, leaf) => {
    if (leaf !== OBFUSCATED || coverOf(path, secrets) === null) return leaf;
    const kept = path.reduce<Json | undefined>((value, key) => (isJsonObject(value) ? value[key] : undefined), current);
    return kept === undefined || kept === null ? leaf : kept;
  });
}

function coverOf(path: readonly string[], secrets: readonly string[][]): 'named' | 'wildcard' | null {
  let cover: 'named' | null = null;
  for (const secret of secrets) {
    const star = secret.indexOf('*');
    const prefix = star === -1 ? secret : secret.slice(0, star);
    if (path.length < prefix.length || !prefix.every((key, at) => key === path[at])) continue;
    if (star !== -1) return 'wildcard';
    cover = 'named';
  }
  return cover;
}

/** Leaves are values that are no object, and empty objects; a list is one leaf. */
function mapLeaves(
  value: JsonObject,
  path: readonly string[],
  change: (path: readonly string[], leaf: Json) => Json,
): JsonObject {
  const entries = Object.entries(value).map(([key, item]): [string, Json] => {
    const here = [...path, key];
    const inner = isJsonObject(item) && Object.keys(item).length > 0;
    return [key, inner ? mapLeaves(item, here, change) : change(here, item)];
  });
  return Object.fromEntries(entries);
}
