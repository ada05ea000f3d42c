import type { Deployment } from '../../domain/deployment.ts';
import type { WorkPool, WorkQueue } from '../../domain/work-pool.ts';
import type { App } from '../app.ts';
import { readWorkPoolByName } from '../work-pools/work-pool-lookup.ts';
import { agentPool, defaultQueue, ensureWorkQueue, readWorkQueueOfPool } from '../work-pools/work-queues.ts';

/** Where runs go. */
export type Place = Pick<Deployment, 'work_pool_id' | 'work_pool_name' | 'work_queue_id' | 'work_queue_name'>;

export const NO_PLACE: Place = { work_pool_id: null, work_pool_name: null, work_queue_id: null, work_queue_name: null };

/**
 * The queue that a body names, made if it is missing: of its pool, else of the pool that queues without a pool belong to.
 * There a new queue stands before the others, as with Prefect. The pool's default queue when only the pool is named; null when neither is.
 */
export async function namedPlace(
  app: App,
  pool: WorkPool | null,
  queueName: string | null | undefined,
): Promise<Place | null> {
  if (!pool && !queueName) return null;
  const owner = pool ?? (await agentPool(app));
  const queue = queueName
    ? await ensureWorkQueue(app, owner, queueName, pool ? {} : { priority: 1 })
    : await defaultQueue(app, owner);
  return placeOf(owner, queue);
}

/** The queue of a run that names a pool: its default one unless the run names another. Throws 404 when either is missing. */
export async function existingPlace(app: App, poolName: string, queueName: string | null | undefined): Promise<Place> {
  if (queueName) return placeOf({ name: poolName }, await readWorkQueueOfPool(app, poolName, queueName));
  const pool = await readWorkPoolByName(app, poolName);
  return placeOf(pool, await defaultQueue(app, pool));
}

function placeOf(pool: Pick<WorkPool, 'name'>, queue: Pick<WorkQueue, 'id' | 'name' | 'work_pool_id'>): Place {
  return {
    work_pool_id: queue.work_pool_id,
    work_pool_name: pool.name,
    work_queue_id: queue.id,
    work_queue_name: queue.name,
  };
}
