import { createHash } from 'node:crypto';
import { keys } from './keys.ts';
import type { Cursor } from './range.ts';
import type { StoredItem, Table } from './table.ts';

/** Where a state is kept that a task run ended in under a cache key. */
export interface CachedResult {
  readonly task_run_id: string;
  readonly state_id: string;
  /** When it was inserted; RFC 3339. */
  readonly inserted: string;
  /** When it is used no longer; null: never. RFC 3339. */
  readonly expires: string | null;
}

const LASTING = 'LASTING';
const PAGE = 20;

/**
 * The results of task runs by cache key (Prefect's `task_run_state_cache`). Of those that never expire only the newest can be
 * asked for, so one is kept; the others go with their time.
 */
export class TaskResultCache {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** May be repeated. */
  async insert(cacheKey: string, result: CachedResult): Promise<void> {
    const { expires, inserted, state_id } = result;
    const sort = expires === null ? LASTING : `${UNTIL}${inserted}#${state_id}`;
    const key = keys.cachedResult(hash(cacheKey), sort);
    await this.#table.put({ key, doc: result, ...(expires !== null && { expiresAt: new Date(expires) }) });
  }

  /** The newest result that has not expired; null when there is none. */
  async newest(cacheKey: string, now: Date): Promise<CachedResult | null> {
    const lasting = await this.#table.get<CachedResult>(keys.cachedResult(hash(cacheKey), LASTING));
    const expiring = await this.#newestExpiring(cacheKey, now);
    if (lasting && expiring) return lasting.doc.inserted > expiring.inserted ? lasting.doc : expiring;
    return lasting?.doc ?? expiring;
  }

  async #newestExpiring(cacheKey: string, now: Date): Promise<CachedResult | null> {
    const { pk } = keys.cachedResult(hash(cacheKey), '');
    let after: Cursor | undefined;
    do {
      const page: { items: StoredItem<CachedResult>[]; next: Cursor | null } = await this.#table.query<CachedResult>({
        pk,
        prefix: UNTIL,
        descending: true,
        limit: PAGE,
        ...(after && { after }),
      });
      const found = page.items.find(({ doc }) => doc.expires !== null && Date.parse(doc.expires) > now.getTime());
      if (found) return found.doc;
      after = page.next ?? undefined;
    } while (after);
    return null;
  }
}

const UNTIL = 'UNTIL#';

/** Clients choose the key, up to 2,000 characters; a key of DynamoDB's ends at 2 KB. */
const hash = (cacheKey: string): string => createHash('sha256').update(cacheKey).digest('hex');
