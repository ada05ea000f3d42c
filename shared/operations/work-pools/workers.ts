import type { WorkerFilter } from '../../api/schemas/filters.ts';
import type { WorkerHeartbeat, WorkersFilterBody } from '../../api/schemas/workers.ts';
import { notFound } from '../../domain/errors.ts';
import { anyOf, combine, inTime, notAnyOf } from '../../domain/filters/criteria.ts';
import { isOnline, type Worker } from '../../domain/work-pool.ts';
import { type App, timestamp } from '../app.ts';
import { poolHeardFrom } from '../events/status-events.ts';
import { byText, matching, sorted, takePage } from '../lists/filtering.ts';
import { readWorkPoolByName } from './work-pool-lookup.ts';

export interface WorkerResponse extends Worker {
  status: 'ONLINE' | 'OFFLINE';
}

/** Notes that a worker is alive; the first heartbeat makes it known. May be repeated. */
export async function recordHeartbeat(app: App, poolName: string, body: WorkerHeartbeat): Promise<void> {
  const pool = await readWorkPoolByName(app, poolName);
  const known = await app.store.workers.get(pool.id, body.name);
  const now = timestamp(app);
  await app.store.workers.put({
    id: known?.id ?? app.clock.newId(),
    created: known?.created ?? now,
    updated: now,
    name: body.name,
    work_pool_id: pool.id,
    last_heartbeat_time: now,
    heartbeat_interval_seconds: body.heartbeat_interval_seconds ?? known?.heartbeat_interval_seconds ?? null,
  });
  await poolHeardFrom(app, pool);
}

/** Workers of a pool, the last heard first. */
export async function filterWorkers(app: App, poolName: string, body: WorkersFilterBody): Promise<WorkerResponse[]> {
  const pool = await readWorkPoolByName(app, poolName);
  const rows = sorted(
    app.store.workers.ofPool(pool.id),
    (a, b) => byText(b.last_heartbeat_time, a.last_heartbeat_time) || byText(a.id, b.id),
  );
  const workers = await takePage(
    matching(rows, (worker) => matchesWorker(body.workers, answer(app, worker))),
    body,
  );
  return workers.map((worker) => answer(app, worker));
}

export async function deleteWorker(app: App, poolName: string, name: string): Promise<void> {
  const pool = await readWorkPoolByName(app, poolName);
  if (!(await app.store.workers.get(pool.id, name))) throw notFound('Worker not found.');
  await app.store.workers.remove(pool.id, name);
}

export async function anyWorkerOnline(app: App, poolId: string): Promise<boolean> {
  for await (const worker of app.store.workers.ofPool(poolId)) if (isOnline(worker, app.clock.now())) return true;
  return false;
}

function matchesWorker(filter: WorkerFilter | null | undefined, worker: WorkerResponse): boolean {
  if (!filter) return true;
  return combine(filter.operator, [
    filter.last_heartbeat_time ? inTime(filter.last_heartbeat_time, worker.last_heartbeat_time) : null,
    filter.status
      ? combine('and_', [anyOf(filter.status.any_, worker.status), notAnyOf(filter.status.not_any_, worker.status)])
      : null,
  ]);
}

function answer(app: App, worker: Worker): WorkerResponse {
  return { ...worker, status: isOnline(worker, app.clock.now()) ? 'ONLINE' : 'OFFLINE' };
}
