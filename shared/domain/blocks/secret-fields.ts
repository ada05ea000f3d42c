import { isLosslessObject, type LosslessJson, type LosslessObject } from '../json/lossless-json.ts';

/** What stands in place of a secret, whatever its type or length. */
export const OBFUSCATED = '********';

/** The paths of a schema's secret fields: `a.b`, `a.*`. A document without a schema hides everything. */
export function secretPaths(fields: LosslessObject | null): string[][] {
  if (!fields) return [['*']];
  const named = Array.isArray(fields['secret_fields']) ? fields['secret_fields'] : [];
  return named.filter((path) => typeof path === 'string').map((path) => path.split('.'));
}

/**
 * The data with every secret leaf replaced. A wildcard covers all that lies below its place; so does a secret field that
 * holds an object (Prefect shows those, which nobody wants). A missing secret (null) stays null unless a wildcard covers it.
 */
export function obfuscate(data: LosslessObject, secrets: readonly string[][]): LosslessObject {
  return mapLeaves(data, [], (path, leaf) => {
    const cover = coverOf(path, secrets);
    return cover === 'wildcard' || (cover === 'named' && leaf !== null) ? OBFUSCATED : leaf;
  });
}

/** The update with every secret that came back obfuscated replaced by its present value: it was shown, not typed. */
export function keepObfuscated(
  update: LosslessObject,
  current: LosslessObject,
  secrets: readonly string[][],
): LosslessObject {
  return mapLeaves(update, [], (path, leaf) => {
    if (leaf !== OBFUSCATED || coverOf(path, secrets) === null) return leaf;
    const kept = path.reduce<LosslessJson | undefined>(
      (value, key) => (isLosslessObject(value) ? value[key] : undefined),
      current,
    );
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
  value: LosslessObject,
  path: readonly string[],
  change: (path: readonly string[], leaf: LosslessJson) => LosslessJson,
): LosslessObject {
  const entries = Object.entries(value).map(([key, item]): [string, LosslessJson] => {
    const here = [...path, key];
    const inner = isLosslessObject(item) && Object.keys(item).length > 0;
    return [key, inner ? mapLeaves(item, here, change) : change(here, item)];
  });
  return Object.fromEntries(entries);
}
