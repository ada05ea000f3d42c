import { idOf } from './keys.ts';
import type { Cursor, IndexName } from './range.ts';
import type { Table } from './table.ts';

/** How an ordered list is read. Bounds are times or ids, inclusive; a bound matches every place that begins with it. */
export interface ListOrder {
  readonly descending?: boolean;
  readonly from?: string;
  readonly to?: string;
  /** Rows read at once; grows with how far the reader goes when absent. */
  readonly batch?: number;
  /** How many rows the reader is likely to want: the first batch. @default 12 */
  readonly wanted?: number;
}

const BATCH = 50;
/** Rows of the first batch, when the reader names no size: a page is often enough; each further batch is twice as large. */
const FIRST_BATCH = 12;
const LARGEST_BATCH = 50;
/** As many as one read of documents takes. */
const MOST_WANTED = 100;

interface Place {
  readonly id: string;
  readonly sort: string;
}

/**
 * The ids of several ordered partitions as one ordered list, in batches; without an index, of items whose sort key is the id;
 * reads no further than the consumer asks.
 */
export async function* mergedIds(
  table: Table,
  index: IndexName | null,
  partitions: readonly string[],
  order: ListOrder,
): AsyncGenerator<string[]> {
  const heads = partitions.map((pk) => places(table, index, pk, order));
  const next = await Promise.all(heads.map((head) => head.next()));
  const first = order.batch ?? Math.min(order.wanted ?? FIRST_BATCH, MOST_WANTED);
  for (let size = first; ; size = order.batch ?? Math.max(first, Math.min(2 * size, LARGEST_BATCH))) {
    const batch: string[] = [];
    while (batch.length < size) {
      const place = foremost(next, order.descending ?? false);
      const head = place === null ? null : next[place];
      if (place === null || !head || head.done) break;
      batch.push(head.value.id);
      next[place] = await heads[place]!.next();
    }
    if (batch.length === 0) return;
    yield batch;
  }
}

function foremost(heads: readonly IteratorResult<Place, undefined>[], descending: boolean): number | null {
  let best: number | null = null;
  for (const [place, head] of heads.entries()) {
    if (head.done) continue;
    const leader = best === null ? null : heads[best];
    if (!leader || leader.done || head.value.sort < leader.value.sort !== descending) best = place;
  }
  return best;
}

async function* places(
  table: Table,
  index: IndexName | null,
  pk: string,
  order: ListOrder,
): AsyncGenerator<Place, undefined> {
  let after: Cursor | undefined;
  do {
    const page = await table.list({
      ...(index && { index }),
      pk,
      ...(order.from !== undefined && { from: order.from }),
      ...(order.to !== undefined && { to: `${order.to}~` }),
      ...(order.descending && { descending: true }),
      ...(after && { after }),
      limit: order.batch ?? Math.max(FIRST_BATCH, Math.min(order.wanted ?? BATCH, BATCH)),
    });
    for (const item of page.items) yield { id: index ? idOf(item.key) : item.sort, sort: item.sort };
    after = page.next ?? undefined;
  } while (after);
  return undefined;
}
