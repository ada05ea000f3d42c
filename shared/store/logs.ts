import { byTimestamp, type Log, type LogBatch, logsOfBatch } from '../domain/log.ts';
import { keys } from './keys.ts';
import type { Cursor } from './range.ts';
import type { Table } from './table.ts';

/** Which logs of a partition to read; times inclusive. */
export interface LogRange {
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
   * Logs in order of time. Batches overlap a little, since several processes write them: a line is given out when no later
   * batch can begin before it. Newest first has to read all batches, as they are found by their first line.
   */
  async *#read(pk: string, range: LogRange): AsyncGenerator<Log> {
    let waiting: Log[] = [];
    for await (const { first, batch } of this.#batches(pk, range.until ?? null)) {
      const ready = range.descending ? [] : waiting.filter((log) => log.timestamp < first);
      if (ready.length > 0) {
        yield* ready.sort(byTimestamp);
        waiting = waiting.filter((log) => log.timestamp >= first);
      }
      waiting.push(...logsOfBatch(batch));
    }
    waiting.sort(byTimestamp);
    yield* range.descending ? waiting.reverse() : waiting;
  }

  async *#batches(pk: string, until: string | null): AsyncGenerator<{ first: string; batch: LogBatch }> {
    let after: Cursor | undefined;
    do {
      const page = await this.#table.query<LogBatch>({
        pk,
        ...(until !== null && { to: `${until}~` }),
        ...(after && { after }),
        limit: 20,
      });
      for (const { key, doc } of page.items) yield { first: key.sk.slice(0, key.sk.indexOf('#')), batch: doc };
      after = page.next ?? undefined;
    } while (after);
  }
}

export function logRepository(table: Table): LogRepository {
  return new LogRepository(table);
}
