import { ClientError } from '../../domain/errors.ts';
import { PAGE_LIMIT, pageSizeProblem } from '../../domain/page-size.ts';

/** The number of rows of a page; null means Prefect's default. Throws 422 outside 0…200. */
export function pageSize(limit: number | null | undefined): number {
  if (limit === null || limit === undefined) return PAGE_LIMIT;
  const problem = pageSizeProblem(limit);
  if (problem) throw new ClientError('invalid', problem);
  return limit;
}

export interface Page {
  readonly limit?: number | null | undefined;
  readonly offset?: number | null | undefined;
}

/** How many rows a reader of this page goes through when every row matches. */
export const lastRow = (page: Page): number => (page.offset ?? 0) + pageSize(page.limit);

/** The rows of one page from rows that come in their final order; reads no further than the page. */
export async function takePage<Row>(rows: AsyncIterable<Row>, page: Page): Promise<Row[]> {
  const limit = pageSize(page.limit);
  const taken: Row[] = [];
  if (limit === 0) return taken;
  let skip = page.offset ?? 0;
  for await (const row of rows) {
    if (skip > 0) {
      skip--;
      continue;
    }
    taken.push(row);
    if (taken.length === limit) break;
  }
  return taken;
}

/** The rows that match, as they come. */
export async function* matching<Row>(
  rows: AsyncIterable<Row>,
  matches: (row: Row) => boolean | Promise<boolean>,
): AsyncGenerator<Row> {
  for await (const row of rows) if (await matches(row)) yield row;
}

/** Rows read to their end and put in order; `compare` must be total (end with the id). For lists without an index of that order. */
export async function* sorted<Row>(rows: AsyncIterable<Row>, compare: (a: Row, b: Row) => number): AsyncGenerator<Row> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  yield* all.sort(compare);
}

export async function countRows(rows: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of rows) count++;
  return count;
}

/** The answer of a `paginate` route. */
export interface Paginated<Row> {
  results: Row[];
  count: number;
  limit: number;
  pages: number;
  page: number;
}

export function paginated<Row>(results: Row[], count: number, limit: number, page: number): Paginated<Row> {
  return { results, count, limit, pages: limit === 0 ? 0 : Math.ceil(count / limit), page };
}

/** Text order as databases compare: by code unit, nulls last. */
export function byText(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}

/** Rows in groups, for what is read many at once; the last group may be smaller. */
export async function* inBatches<Row>(rows: AsyncIterable<Row>, size = 50): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The first so many rows; reads no further. */
export async function takeFirst<Row>(rows: AsyncIterable<Row>, count: number): Promise<Row[]> {
  const taken: Row[] = [];
  for await (const row of rows) {
    taken.push(row);
    if (taken.length === count) break;
  }
  return taken;
}

/** Rows `offset` to `offset + limit` of rows in their final order; reads no further. */
export async function takeRange<Row>(rows: AsyncIterable<Row>, offset: number, limit: number): Promise<Row[]> {
  return limit === 0 ? [] : (await takeFirst(rows, offset + limit)).slice(offset);
}
