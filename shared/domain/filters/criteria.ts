/**
 * Prefect's filter operators as predicates (prefect-api 6.2). A criterion that is absent restricts nothing; the criteria of
 * one object are combined by AND unless its `operator` is `or_`.
 */

type Maybe<T> = T | null | undefined;
export type Check = Maybe<boolean>;

/** AND or OR over the checks that restrict something; no restriction at all matches everything. */
export function combine(operator: Maybe<'and_' | 'or_'>, checks: readonly Check[]): boolean {
  const set = checks.filter((check) => check !== null && check !== undefined);
  if (set.length === 0) return true;
  return operator === 'or_' ? set.some(Boolean) : set.every(Boolean);
}

/** One criterion as a whole: null when it is not asked for, true when it is and restricts nothing, which counts among alternatives. */
export function asked<Criteria>(
  criteria: Maybe<Criteria>,
  checks: (criteria: Criteria) => readonly Check[],
  operator: 'and_' | 'or_' = 'and_',
): Check {
  return criteria ? combine(operator, checks(criteria)) : null;
}

/** `any_`: equals one of the list; an empty list matches nothing, and so does a null value. */
export function anyOf<T>(list: Maybe<readonly T[]>, value: Maybe<T>): Check {
  return list && value !== null && value !== undefined ? list.includes(value) : list ? false : null;
}

/** `not_any_`: none of the list; null values do not match. An empty list restricts nothing. */
export function notAnyOf<T>(list: Maybe<readonly T[]>, value: Maybe<T>): Check {
  return list && list.length > 0 ? value !== null && value !== undefined && !list.includes(value) : null;
}

/** `like_`: case-insensitive substring. `%` stands for any text and `_` for one character, as Prefect does not escape them. An empty pattern restricts nothing. */
export function like(pattern: Maybe<string>, value: Maybe<string>): Check {
  if (!pattern) return null;
  if (value === null || value === undefined) return false;
  return new RegExp(sourceOf(pattern), 'is').test(value);
}

/** `startswith_`, with the same wildcards. An empty list restricts nothing. */
export function startsWith(prefixes: Maybe<readonly string[]>, value: string): Check {
  return prefixes && prefixes.length > 0
    ? prefixes.some((prefix) => new RegExp(`^${sourceOf(prefix)}`, 'is').test(value))
    : null;
}

const sourceOf = (pattern: string): string =>
  pattern
    .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('%', '.*')
    .replaceAll('_', '.');

/** `is_null_` of ids and times. */
export function isNull(wanted: Maybe<boolean>, value: unknown): Check {
  return wanted === null || wanted === undefined ? null : (value === null || value === undefined) === wanted;
}

export interface TimeRange {
  before_?: Maybe<string>;
  after_?: Maybe<string>;
  is_null_?: Maybe<boolean>;
}

/** `before_` (≤) and `after_` (≥); a missing time matches neither. Times are UTC strings of one format, so text compares. */
export function inTime(range: Maybe<TimeRange>, value: Maybe<string>): Check {
  if (!range) return null;
  return combine('and_', [
    range.before_ ? Boolean(value) && value! <= range.before_ : null,
    range.after_ ? Boolean(value) && value! >= range.after_ : null,
    isNull(range.is_null_, value),
  ]);
}

export interface TagCriteria {
  operator?: Maybe<'and_' | 'or_'>;
  all_?: Maybe<readonly string[]>;
  any_?: Maybe<readonly string[]>;
  is_null_?: Maybe<boolean>;
}

/** `all_`: contains all, an empty list restricts nothing; `any_`: contains at least one; `is_null_`: has none. */
export function tagged(criteria: Maybe<TagCriteria>, tags: readonly string[]): Check {
  if (!criteria) return null;
  return combine(criteria.operator, [
    criteria.all_?.length ? criteria.all_.every((tag) => tags.includes(tag)) : null,
    criteria.any_ ? criteria.any_.some((tag) => tags.includes(tag)) : null,
    criteria.is_null_ === null || criteria.is_null_ === undefined ? null : (tags.length === 0) === criteria.is_null_,
  ]);
}

export interface NameCriteria {
  any_?: Maybe<readonly string[]>;
  not_any_?: Maybe<readonly string[]>;
  like_?: Maybe<string>;
}

/** `any_`, `not_any_` and `like_` of names and ids, all of which must hold. */
export function named(criteria: Maybe<NameCriteria>, value: Maybe<string>): Check {
  if (!criteria) return null;
  return combine('and_', [
    anyOf(criteria.any_, value),
    notAnyOf(criteria.not_any_, value),
    like(criteria.like_, value),
  ]);
}
