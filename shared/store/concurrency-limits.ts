import type { ConcurrencyLease } from '../domain/concurrency/lease.ts';
import type { ConcurrencyLimit } from '../domain/concurrency/limit.ts';
import { Collection } from './collection.ts';
import { keys } from './keys.ts';
import type { ItemWrite, Table } from './table.ts';

/** Concurrency limits: unique by name, listed by name. Their slots are kept by the ledger (`slot-ledger.ts`). */
export function concurrencyLimitRepository(table: Table): Collection<ConcurrencyLimit> {
  return new Collection<ConcurrencyLimit>(table, {
    kind: 'concurrencyLimit',
    uniqueName: (limit) => limit.name,
    indexes: (limit) => ({ ix1: keys.list('concurrencyLimit', limit.name) }),
  });
}

/** An expired lease is kept for a day, so that whoever renews it late is told why. */
const KEPT_MILLIS = 86_400_000;

/** Leases by id: what they hold and for whom. */
export class ConcurrencyLeaseRepository extends Collection<ConcurrencyLease> {
  constructor(table: Table) {
    super(table, { kind: 'concurrencyLease' });
  }

  override write(lease: ConcurrencyLease): ItemWrite<ConcurrencyLease> {
    return { ...super.write(lease), expiresAt: new Date(Date.parse(lease.expires) + KEPT_MILLIS) };
  }
}
