import { ConflictError } from '../domain/errors.ts';
import type { PoolStatus } from '../domain/work-pool.ts';
import { keys } from './keys.ts';
import type { StoredItem, Table } from './table.ts';

/** The status of a pool or queue that was last told by an event. */
export interface AnnouncedStatus {
  readonly status: PoolStatus;
  /** The event that told it; null for the one of a new pool, which nothing follows. */
  readonly event_id: string | null;
  readonly at: string;
}

type Kind = 'workPool' | 'workQueue';

/** Statuses are computed on read; what was told of them stands here, so that each change is told once. */
export class AnnouncedStatuses {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  read(kind: Kind, id: string): Promise<StoredItem<AnnouncedStatus> | null> {
    return this.#table.get<AnnouncedStatus>(keys.below(kind, id, 'STATUS'));
  }

  /** Over what was read; false when somebody else told a status since. */
  async write(
    kind: Kind,
    id: string,
    former: StoredItem<AnnouncedStatus> | null,
    doc: AnnouncedStatus,
  ): Promise<boolean> {
    const write = { key: keys.below(kind, id, 'STATUS'), doc };
    try {
      await (former ? this.#table.replace(former, write) : this.#table.create(write));
      return true;
    } catch (error) {
      if (error instanceof ConflictError) return false;
      throw error;
    }
  }

  async remove(kind: Kind, id: string): Promise<void> {
    await this.#table.remove(keys.below(kind, id, 'STATUS'));
  }
}
