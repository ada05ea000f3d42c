import { byTimestamp, type Log, type LogBatch, logsOfBatch } from '../domain/log.ts';
import { BATCH_SPAN_MS } from '../domain/log-batches.ts';
import { keys } from './keys.ts';
import type { Cursor } from './range.ts';
import type { Table } from './table.ts';

/** Which logs of a partition to read; times inclusive. */
export interface LogRange {
  readonly from?: string | null;
  readonly until?: string | null;
  readonly descending?: boolean;
}

/** Log batches: one item each under their flow run, or under their day when they belong to none. They expire. */
export class LogRepository {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Stores a batch; the same name and content again change nothing. */
  async put(name: string, batch: LogBatch, expiresAt: Date): Promise<void> {
    const first = batch.lines[0]?.timestamp ?? batch.created;
    const key = batch.flow_run_id
      ? keys.logsOfRun(batch.flow_run_id, `${first}#${name}`)
      : keys.logsOfDay(first.slice(0, 10), `${first}#${name}`);
    await this.#table.put({ key, doc: batch, expiresAt });
  }

  ofRun(flowRunId: string, range: LogRange = {}): AsyncGenerator<Log> {
    return this.#read(keys.logsOfRun(flowRunId, '').pk, range);
  }

  /** Logs without a flow run, of one day (`2026-11-24`). */
  ofDay(day: string, range: LogRange = {}): AsyncGenerator<Log> {
    return this.#read(keys.logsOfDay(day, '').pk, range);
  }

  /**
   * Logs in order of time. Batches overlap a little, since several processes write them: a line is given out when no batch
   * that is still to come can hold one before it, or after it when newest come first.
   */
  async *#read(pk: string, range: LogRange): AsyncGenerator<Log> {
    const inOrder = range.descending ? (a: Log, b: Log) => byTimestamp(b, a) : byTimestamp;
    let waiting: Log[] = [];
    for await (const { first, batch } of this.#batches(pk, range)) {
      const edge = range.descending ? moved(first, BATCH_SPAN_MS + 1) : first;
      const isReady = ({ timestamp }: Log) => (range.descending ? timestamp > edge : timestamp < edge);
      const ready = waiting.filter(isReady);
      if (ready.length > 0) {
        yield* ready.sort(inOrder);
        waiting = waiting.filter((log) => !isReady(log));
      }
      waiting.push(...logsOfBatch(batch));
    }
    yield* waiting.sort(inOrder);
  }

  async *#batches(
    pk: string,
    { from, until, descending = false }: LogRange,
  ): AsyncGenerator<{ first: string; batch: LogBatch }> {
    let after: Cursor | undefined;
    do {
      const page = await this.#table.query<LogBatch>({
        pk,
        ...(from && { from: moved(from, -BATCH_SPAN_MS) }),
        ...(until && { to: `${until}~` }),
        ...(after && { after }),
        descending,
        limit: 20,
      });
      for (const { key, doc } of page.items) yield { first: key.sk.slice(0, key.sk.indexOf('#')), batch: doc };
      after = page.next ?? undefined;
    } while (after);
  }
}

/** A time moved by milliseconds, as text that sorts before every time of that millisecond. */
function moved(time: string, milliseconds: number): string {
  return new Date(Date.parse(time) + milliseconds).toISOString().slice(0, -1);
}

export function logRepository(table: Table): LogRepository {
  return new LogRepository(table);
}
