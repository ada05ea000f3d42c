import fc from 'fast-check';
import { expect } from 'vitest';
import type { TestApp } from '../../../test-app.ts';
import { type Criterion, passes, type Row } from './criteria.ts';

type Filter = Readonly<Record<string, unknown>> | null;

/** A list of a resource, and the rows there are. */
export interface List {
  readonly path: string;
  /** Where counting is asked, if it can be. */
  readonly count?: string;
  /** The name of the resource's own filter in the body. */
  readonly own: string;
  readonly rows: readonly Row[];
  readonly criteria: Readonly<Record<string, Criterion>>;
  /** False where Prefect's filter takes no operator. */
  readonly operator?: false;
  /** By what each sort orders, without its direction; `''` is the order of a list that takes no sort. */
  readonly sorts: Readonly<Record<string, (row: Row) => unknown>>;
  readonly descending?: true;
  /** What Prefect takes where the filter says nothing. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Criteria that every request has. */
  readonly required?: readonly string[];
  /** Filters on other resources: a row passes when one of its related rows does. */
  readonly foreign?: Readonly<Record<string, { list: Omit<List, 'foreign'>; related: (row: Row) => readonly Row[] }>>;
}

/**
 * Asks a list with random filters, sorts, offsets and limits. It must answer just the rows that pass by Prefect's semantics, in the order
 * asked for, and the same order whatever page is asked for.
 */
export async function checkList(home: TestApp, list: List, numRuns: number, seed: number): Promise<void> {
  const request = fc.record({
    own: filterOf(list),
    foreign: fc.record(
      Object.fromEntries(
        Object.entries(list.foreign ?? {}).map(([name, { list: other }]) => [name, rarely(filterOf(other))]),
      ),
    ) as fc.Arbitrary<Record<string, Filter>>,
    sort: fc.constantFrom(...Object.keys(list.sorts)),
    offset: fc.nat(4),
    limit: fc.nat(5),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ own, foreign, sort, offset, limit }) => {
      const filters = { [list.own]: own, ...foreign };
      const body = { ...filters, ...(sort !== '' && { sort }) };
      const wanted = list.rows.filter(
        (row) =>
          passes(list.criteria, { ...list.defaults, ...own }, row) &&
          Object.entries(list.foreign ?? {}).every(([name, { list: other, related }]) => {
            const filter = foreign[name] ?? null;
            return !filter || related(row).some((one) => passes(other.criteria, filter, one));
          }),
      );

      const whole = await ask(home, list.path, body);
      const page = await ask(home, list.path, { ...body, offset, limit });

      expect(whole.map(idOf).sort()).toEqual(wanted.map(idOf).sort());
      const keys = whole.map((row) => list.sorts[sort]!(row));
      expect(keys).toEqual(keys.toSorted(comparison(list.descending || sort.endsWith('DESC'))));
      expect(page.map(idOf)).toEqual(whole.map(idOf).slice(offset, offset + limit));
      if (list.count) expect((await home.call('POST', list.count, filters)).body).toBe(wanted.length);
    }),
    { numRuns, seed },
  );
}

const idOf = (row: Row): unknown => row['id'];

export async function ask(home: TestApp, path: string, body: unknown): Promise<Row[]> {
  const answer = await home.call('POST', path, body);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

function filterOf({ criteria, operator, required = [] }: Omit<List, 'foreign'>): fc.Arbitrary<Filter> {
  const parts = Object.entries(criteria).map(([name, { part }]) => [name, part]);
  return fc.record(
    { ...Object.fromEntries(parts), ...(operator !== false && { operator: fc.constantFrom('and_', 'and_', 'or_') }) },
    { requiredKeys: [...required] },
  ) as fc.Arbitrary<Filter>;
}

const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ arbitrary: fc.constant(null), weight: 3 }, { arbitrary, weight: 1 });

/** Nulls are largest. */
function comparison(descending: boolean): (a: unknown, b: unknown) => number {
  const order = (a: unknown, b: unknown) => {
    if (a === b) return 0;
    if (a === null) return 1;
    if (b === null) return -1;
    return (a as string | number) < (b as string | number) ? -1 : 1;
  };
  return (a, b) => (descending ? -order(a, b) : order(a, b));
}
