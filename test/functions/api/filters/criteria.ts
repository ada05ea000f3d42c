import fc from 'fast-check';

/** A row as an answer has it. */
export type Row = Readonly<Record<string, unknown>>;
type Part = Readonly<Record<string, unknown>>;

/** A criterion of a filter: parts that a request may have, and what of a row they look at. */
export interface Criterion {
  readonly part: fc.Arbitrary<Part>;
  readonly of: (row: Row) => unknown;
}

/** Prefect's SQL, key by key: what is NULL passes no comparison, not even one that excludes. */
const HOLDS: Readonly<Record<string, (asked: never, value: never) => boolean>> = {
  any_: (asked: unknown[], value: unknown) =>
    Array.isArray(value) ? asked.some((one) => value.includes(one)) : value !== null && asked.includes(value),
  not_any_: (asked: unknown[], value: unknown) => value !== null && !asked.includes(value),
  all_: (asked: unknown[], value: unknown[]) => asked.every((one) => value.includes(one)),
  like_: (asked: string, value: string | null | string[]) =>
    value !== null && [value].flat().some((one) => like(`%${asked}%`).test(one)),
  startswith_: (asked: string[], value: string) =>
    asked.length === 0 || asked.some((one) => like(`${one}%`).test(value)),
  is_null_: (asked: boolean, value: unknown) =>
    (value === null || (Array.isArray(value) && value.length === 0)) === asked,
  exists_: (asked: boolean, value: unknown) => (value !== null) === asked,
  eq_: (asked: unknown, value: unknown) => value === asked,
  ge_: (asked: number, value: number | null) => value !== null && value >= asked,
  le_: (asked: number, value: number | null) => value !== null && value <= asked,
  after_: (asked: string, value: string | null) => value !== null && value >= asked,
  before_: (asked: string, value: string | null) => value !== null && value <= asked,
};

/** `ILIKE`. */
const like = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('%', '.*')
      .replaceAll('_', '.')}$`,
    'is',
  );

const combined = (operator: unknown, checks: readonly boolean[]): boolean =>
  checks.length === 0 || (operator === 'or_' ? checks.some(Boolean) : checks.every(Boolean));

const given = (part: Part): [string, unknown][] =>
  Object.entries(part).filter(([name, asked]) => name !== 'operator' && asked !== null && asked !== undefined);

/** Whether a row passes a filter of these criteria. */
export function passes(criteria: Readonly<Record<string, Criterion>>, filter: Part | null, row: Row): boolean {
  if (!filter) return true;
  const checks = given(filter).map(([name, part]) => holds(part as Part, criteria[name]!.of(row)));
  return combined(filter['operator'], checks);
}

/** A criterion may be an object of criteria itself, as a state is, and then looks at an object. */
function holds(part: Part, value: unknown): boolean {
  const checks = given(part).map(([name, asked]) => {
    const check = HOLDS[name] as ((asked: unknown, value: unknown) => boolean) | undefined;
    return check ? check(asked, value) : holds(asked as Part, (value as Row)[name]);
  });
  return combined(part['operator'], checks);
}

/** Parts of which each may be there or not; with an operator where Prefect's class takes one. */
export function parts(of: Readonly<Record<string, fc.Arbitrary<unknown>>>, operator = false): fc.Arbitrary<Part> {
  const either = operator && { operator: fc.constantFrom('and_', 'or_') };
  return fc.record({ ...of, ...either } as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] });
}

/** Some of these and of what nothing has. */
export function some<T>(values: readonly T[], nothing: T): fc.Arbitrary<T[]> {
  const all = [...new Set([...values, nothing])];
  return fc.subarray(all, { minLength: 1, maxLength: Math.min(4, all.length) });
}

export const flag = fc.boolean();
export const NO_ID = '00000000-0000-4000-8000-000000000000';

/** What a row has under a name; null where it has nothing. */
export const field =
  (name: string) =>
  (row: Row): unknown =>
    row[name] ?? null;

export const ids = (rows: readonly Row[], name = 'id', excluded = false): Criterion => {
  const known = rows.map(field(name)).filter((id) => id !== null && id !== undefined);
  return {
    of: field(name),
    part: parts({ any_: some(known, NO_ID), ...(excluded && { not_any_: some(known, NO_ID) }) }),
  };
};

export const names = (
  rows: readonly Row[],
  more: Readonly<Record<string, fc.Arbitrary<unknown>>> = {},
  name = 'name',
) => ({
  of: field(name),
  part: parts({
    any_: some(
      rows.map((row) => row[name]).filter((one) => typeof one === 'string'),
      'nobody',
    ),
    like_: fc.constantFrom('a', 'B', '1', 'a_', 'b%2', 'nobody'),
    ...more,
  }),
});

/** One of a few values. */
export const oneOf = (
  name: string,
  values: readonly string[],
  more: Readonly<Record<string, fc.Arbitrary<unknown>>> = {},
): Criterion => ({
  of: field(name),
  part: parts({ any_: some(values, 'none'), ...more }),
});

export const tags = (keys: readonly ('all_' | 'any_')[]): Criterion => ({
  of: field('tags'),
  part: parts({ ...Object.fromEntries(keys.map((key) => [key, some(['x', 'y'], 'z')])), is_null_: flag }, true),
});

export const times = (
  rows: readonly Row[],
  name: string,
  more: Readonly<Record<string, fc.Arbitrary<unknown>>> = {},
) => {
  const known = rows.map(field(name)).filter((time) => typeof time === 'string');
  const time = fc.constantFrom(...known, '2020-01-01T00:00:00.000000Z');
  return { of: field(name), part: parts({ after_: time, before_: time, ...more }) };
};
