import type { Worker } from '../domain/work-pool.ts';
import { keys } from './keys.ts';
import type { Table } from './table.ts';

/** A worker that has been silent this long is forgotten: each start of a worker process is a new name. */
const FORGOTTEN_AFTER_DAYS = 30;

/** Workers of a pool: items below the pool, so that one consistent query reads them all. */
export class WorkerRepository {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(poolId: string, name: string): Promise<Worker | null> {
    return (await this.#table.get<Worker>(keys.worker(poolId, name)))?.doc ?? null;
  }

  /** The last heartbeat wins. */
  async put(worker: Worker): Promise<void> {
    const expiresAt = new Date(Date.parse(worker.last_heartbeat_time) + FORGOTTEN_AFTER_DAYS * 24 * 3600 * 1000);
    await this.#table.put({ key: keys.worker(worker.work_pool_id, worker.name), doc: worker, expiresAt });
  }

  /** In the order of names. */
  async *ofPool(poolId: string): AsyncGenerator<Worker> {
    const { pk, sk: prefix } = keys.worker(poolId, '');
    let after: Parameters<Table['query']>[0]['after'];
    do {
      const page = await this.#table.query<Worker>({ pk, prefix, ...(after && { after }) });
      for (const { doc } of page.items) yield doc;
      after = page.next ?? undefined;
    } while (after);
  }

  async remove(poolId: string, name: string): Promise<void> {
    await this.#table.remove(keys.worker(poolId, name));
  }
}
