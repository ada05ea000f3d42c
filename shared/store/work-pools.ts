import type { WorkPool, WorkQueue } from '../domain/work-pool.ts';
import { Collection } from './collection.ts';
import { keys, nameSort } from './keys.ts';
import type { Table } from './table.ts';

/** Work pools: unique by name, listed by name. */
export function workPoolRepository(table: Table): Collection<WorkPool> {
  return new Collection<WorkPool>(table, {
    kind: 'workPool',
    uniqueName: (pool) => pool.name,
    indexes: (pool) => ({ ix1: keys.list('workPool', pool.name) }),
  });
}

/** Work queues: unique by pool and name, listed by name over all pools and by priority within one. */
export class WorkQueueRepository extends Collection<WorkQueue> {
  constructor(table: Table) {
    super(table, {
      kind: 'workQueue',
      uniqueName: (queue) => nameInPool(queue.work_pool_id, queue.name),
      indexes: (queue) => ({
        ix1: keys.list('workQueue', nameSort(queue)),
        ix2: keys.children('workQueue', queue.work_pool_id, `${String(queue.priority).padStart(10, '0')}#${queue.id}`),
      }),
    });
  }

  getInPool(poolId: string, name: string): Promise<WorkQueue | null> {
    return this.getByName(nameInPool(poolId, name));
  }

  /** Highest priority first. */
  async ofPool(poolId: string): Promise<WorkQueue[]> {
    const queues: WorkQueue[] = [];
    const range = { index: 'ix2', pk: keys.children('workQueue', poolId, '').pk } as const;
    for await (const queue of this.listFrom(range)) queues.push(queue);
    return queues;
  }
}

function nameInPool(poolId: string, name: string): string {
  return `${poolId}/${name}`;
}
