import { byTimestamp, type Log, type LogBatch, logsOfBatch } from '../domain/log.ts';
import { BATCH_SPAN_MS } from '../domain/log-batches.ts';
import { keys, LIST_SHARDS, shardOf } from './keys.ts';
import type { Cursor } from './range.ts';
import type { Table } from './table.ts';

/** Which logs of a partition to read; times inclusive. */
export interface LogRange {
  readonly from?: string | null;
  readonly until?: string | null;
  readonly descending?: boolean;
  /** So many batches of each list at most. @default all */
  readonly most?: number;
}

/** A batch and the time of its first line. */
interface TimedBatch {
  readonly first: string;
  readonly batch: LogBatch;
}

/**
 * Log batches: one item each under their flow run, or under their day when they belong to none. Those of runs are listed in order
 * of time as well, for whoever asks without naming a run. They expire.
 */
export class LogRepository {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Stores a batch; the same name and content again change nothing. */
  async put(name: string, batch: LogBatch, expiresAt: Date): Promise<void> {
    const first = batch.lines[0]?.timestamp ?? batch.created;
    const sk = `${first}#${name}`;
    const write = batch.flow_run_id
      ? { key: keys.logsOfRun(batch.flow_run_id, sk), indexes: { ix1: { pk: keys.logsOfRuns(shardOf(name)), sk } } }
      : { key: keys.logsOfDay(first.slice(0, 10), sk) };
    await this.#table.put({ ...write, doc: batch, expiresAt });
  }

  ofRun(flowRunId: string, range: LogRange = {}): AsyncGenerator<Log> {
    return inOrder(this.#batchesOf(keys.logsOfRun(flowRunId, '').pk, range), range);
  }

  /** Logs without a flow run, of one day (`2026-11-24`). */
  ofDay(day: string, range: LogRange = {}): AsyncGenerator<Log> {
    return inOrder(this.#batchesOf(keys.logsOfDay(day, '').pk, range), range);
  }

  /** The logs of all flow runs, as sequences that are each in order. */
  ofRuns(range: LogRange = {}): AsyncGenerator<Log>[] {
    const shards = Array.from({ length: LIST_SHARDS }, (_, shard) => keys.logsOfRuns(shard));
    return shards.map((pk) => inOrder(this.#listed(pk, range), range));
  }

  async *#batchesOf(pk: string, range: LogRange): AsyncGenerator<TimedBatch> {
    let after: Cursor | undefined;
    do {
      const page = await this.#table.query<LogBatch>({ pk, ...places(range), ...(after && { after }) });
      for (const { key, doc } of page.items) yield { first: firstTime(key.sk), batch: doc };
      after = page.next ?? undefined;
    } while (after);
  }

  async *#listed(pk: string, range: LogRange): AsyncGenerator<TimedBatch> {
    let after: Cursor | undefined;
    let left = range.most ?? Number.POSITIVE_INFINITY;
    do {
      const page = await this.#table.list({ index: 'ix1', pk, ...places(range), ...(after && { after }) });
      const items = await this.#table.getMany<LogBatch>(page.items.map(({ key }) => key));
      for (const item of items) if (item) yield { first: firstTime(item.key.sk), batch: item.doc };
      after = page.next ?? undefined;
      left -= page.items.length;
    } while (after && left > 0);
  }
}

/**
 * Logs in order of time. Batches overlap a little, since several processes write them: a line is given out when no batch that is
 * still to come can hold one before it, or after it when newest come first.
 */
async function* inOrder(batches: AsyncIterable<TimedBatch>, { descending }: LogRange): AsyncGenerator<Log> {
  const compare = descending ? (a: Log, b: Log) => byTimestamp(b, a) : byTimestamp;
  let waiting: Log[] = [];
  for await (const { first, batch } of batches) {
    const edge = descending ? moved(first, BATCH_SPAN_MS + 1) : first;
    const isReady = ({ timestamp }: Log) => (descending ? timestamp > edge : timestamp < edge);
    const ready = waiting.filter(isReady);
    if (ready.length > 0) {
      yield* ready.sort(compare);
      waiting = waiting.filter((log) => !isReady(log));
    }
    waiting.push(...logsOfBatch(batch));
  }
  yield* waiting.sort(compare);
}

/** The batches that can hold lines of a range, a page of them. */
function places({ from, until, descending = false }: LogRange) {
  return {
    ...(from && { from: moved(from, -BATCH_SPAN_MS) }),
    ...(until && { to: `${until}~` }),
    descending,
    limit: 20,
  };
}

const firstTime = (sort: string): string => sort.slice(0, sort.indexOf('#'));

/** A time moved by milliseconds, as text that sorts before every time of that millisecond. */
function moved(time: string, milliseconds: number): string {
  return new Date(Date.parse(time) + milliseconds).toISOString().slice(0, -1);
}

export function logRepository(table: Table): LogRepository {
  return new LogRepository(table);
}
