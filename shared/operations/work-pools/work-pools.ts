import type { FilterEnvelope } from '../../api/schemas/filters.ts';
import type {
  PoolConcurrencyBody,
  WorkPoolCreate,
  WorkPoolsFilterBody,
  WorkPoolUpdate,
} from '../../api/schemas/work-pools.ts';
import { ClientError, notFound } from '../../domain/errors.ts';
import { workPoolEvent, workPoolUpdatedEvent, workQueueEvent } from '../../domain/events/work-pool-events.ts';
import type { JsonObject } from '../../domain/json/json.ts';
import {
  isPushPool,
  isReservedPoolName,
  NO_STORAGE,
  type PoolStatus,
  poolStatus,
  type WorkPool,
} from '../../domain/work-pool.ts';
import { type App, timestamp } from '../app.ts';
import { defaultTemplateOf } from '../collections.ts';
import { countingActiveRuns } from '../concurrency/adopt-active-runs.ts';
import { activeInPools, poolConcurrencyStatus } from '../concurrency/slot-holders.ts';
import { ownerOf } from '../concurrency/slot-owners.ts';
import { firstLimit } from '../concurrency/slot-places.ts';
import { wakeNext } from '../concurrency/slot-wakes.ts';
import { checkTemplate } from '../deployments/job-variables.ts';
import { announce } from '../events/announce.ts';
import { announcePoolStatus } from '../events/status-events.ts';
import { matchesWorkPool } from '../filters/work-pools.ts';
import { countRows, matching, takePage } from '../lists/filtering.ts';
import { forgetProvisioned } from './pool-infrastructure.ts';
import { tryRefusedPools } from './refused-pools.ts';
import { readWorkPoolByName } from './work-pool-lookup.ts';
import { defaultQueue, queuesOfPool } from './work-queues.ts';
import { anyWorkerOnline } from './workers.ts';

export { readWorkPoolByName };

/** A work pool as the API answers it. */
export interface WorkPoolResponse extends WorkPool {
  status: PoolStatus | null;
  /** Runs that occupy slots; null without a limit. */
  active_slots: number | null;
}

/**
 * Creates a pool with its default queue. A push pool without a template gets the one of its type, as no worker will ever
 * send it. Throws 403 for reserved names, 409 when the name is taken, 422 and 404 for a template that cannot work.
 */
export async function createWorkPool(app: App, body: WorkPoolCreate): Promise<WorkPoolResponse> {
  if (isReservedPoolName(body.name)) {
    throw new ClientError('forbidden', "Work pools starting with 'Prefect' are reserved for internal use.");
  }
  const template = await templateFor(body.type, body.base_job_template);
  await checkTemplate(app, body.type, template);
  const now = timestamp(app);
  const { doc, created } = await app.store.workPools.create({
    id: app.clock.newId(),
    created: now,
    updated: now,
    name: body.name,
    description: body.description ?? null,
    type: body.type,
    base_job_template: template,
    is_paused: body.is_paused,
    concurrency_limit: body.concurrency_limit ?? null,
    default_queue_id: app.clock.newId(),
    storage_configuration: { ...NO_STORAGE, ...present(body.storage_configuration ?? {}) },
  });
  // The queue comes second; should this process die in between, whoever needs it next makes it under the same id.
  await defaultQueue(app, doc);
  if (!created) throw new ClientError('conflict', 'A work pool with this name already exists.');
  await announce(app, (stamp) => workPoolEvent(stamp, 'created', doc));
  await announcePoolStatus(app, doc, 'new');
  return answer(app, doc);
}

export async function readWorkPool(app: App, name: string): Promise<WorkPoolResponse> {
  return answer(app, await readWorkPoolByName(app, name));
}

/** Applies the keys present. Resuming a pool or raising its limit lets its waiting runs go. */
export async function updateWorkPool(app: App, name: string, body: WorkPoolUpdate): Promise<void> {
  const onlyOperated = Object.keys(present(body)).every((key) => key === 'is_paused' || key === 'concurrency_limit');
  if (isReservedPoolName(name) && !onlyOperated) {
    throw new ClientError(
      'forbidden',
      "Work pools starting with 'Prefect' are reserved for internal use and can only be updated to set concurrency limits or pause.",
    );
  }
  const pool = await readWorkPoolByName(app, name);
  // Of other pools Prefect checks it only when they are made.
  if (body.base_job_template && isPushPool(pool.type)) await checkTemplate(app, pool.type, body.base_job_template);
  const updated = timestamp(app);
  const { base_job_template, is_paused, storage_configuration, ...clearable } = present(body);
  const stored = await app.store.workPools.read(pool.id);
  const limit = stored && isPushPool(pool.type) ? firstLimit('pool', stored, body.concurrency_limit) : null;
  const queueIds = limit ? (await app.store.workQueues.ofPool(pool.id)).map(({ id }) => id) : [];
  let changed: WorkPool | null = null;
  await countingActiveRuns(app, limit, queueIds, async () => {
    changed = await app.store.workPools.update(pool.id, (doc) => ({
      ...doc,
      ...clearable,
      base_job_template: base_job_template ?? doc.base_job_template,
      is_paused: is_paused ?? doc.is_paused,
      storage_configuration: storage_configuration
        ? { ...NO_STORAGE, ...present(storage_configuration) }
        : doc.storage_configuration,
      updated,
    }));
    if (!changed) throw notFound(`Work pool "${name}" not found.`);
  });
  const found = changed ?? pool;
  if (base_job_template) await tryRefusedPools(app);
  if (body.is_paused === false || body.concurrency_limit !== undefined) await wakeNext(app, ownerOf('pool', pool.id));
  await announce(app, (stamp) => workPoolUpdatedEvent(stamp, pool, found));
  if (typeof body.is_paused === 'boolean') await announcePoolStatus(app, found, 'always');
}

/** Deletes a pool with its queues and workers; runs that wait for it are let go and find it gone. May be repeated. */
export async function deleteWorkPool(app: App, name: string): Promise<void> {
  if (isReservedPoolName(name)) {
    throw new ClientError(
      'forbidden',
      "Work pools starting with 'Prefect' are reserved for internal use and can not be deleted.",
    );
  }
  const pool = await readWorkPoolByName(app, name);
  for await (const worker of app.store.workers.ofPool(pool.id)) await app.store.workers.remove(pool.id, worker.name);
  const queues = await app.store.workQueues.ofPool(pool.id);
  const queueIds = queues.map(({ id }) => id);
  await forgetProvisioned(app, pool.id);
  await app.store.workPools.delete(pool.id);
  for (const id of queueIds) await app.store.workQueues.delete(id);
  for (const owner of [ownerOf('pool', pool.id), ...queueIds.map((id) => ownerOf('queue', id))]) {
    await wakeNext(app, owner);
    await app.store.slots.forget(owner);
  }
  for (const { id } of queues) await app.store.announcedStatuses.remove('workQueue', id);
  await app.store.announcedStatuses.remove('workPool', pool.id);
  for (const queue of queues) await announce(app, (stamp) => workQueueEvent(stamp, 'deleted', queue, pool));
  await announce(app, (stamp) => workPoolEvent(stamp, 'deleted', pool));
}

export async function filterWorkPools(app: App, body: WorkPoolsFilterBody): Promise<WorkPoolResponse[]> {
  const pools = await takePage(
    matching(app.store.workPools.list(), (pool) => matchesWorkPool(body.work_pools, pool)),
    body,
  );
  const limited = pools.filter((pool) => pool.concurrency_limit !== null);
  const slots = await activeInPools(
    app,
    limited.map(({ id }) => id),
  );
  return Promise.all(pools.map((pool) => answer(app, pool, slots)));
}

export async function countWorkPools(app: App, body: Pick<FilterEnvelope, 'work_pools'>): Promise<number> {
  return countRows(matching(app.store.workPools.list(), (pool) => matchesWorkPool(body.work_pools, pool)));
}

export async function readPoolConcurrency(app: App, name: string, body: PoolConcurrencyBody) {
  const pool = await app.store.workPools.getByName(name);
  if (!pool) throw notFound(`Work pool '${name}' not found.`);
  return poolConcurrencyStatus(app, pool, await queuesOfPool(app, pool), body);
}

async function answer(app: App, pool: WorkPool, slots?: ReadonlyMap<string, number>): Promise<WorkPoolResponse> {
  const online = !isPushPool(pool.type) && !pool.is_paused && (await anyWorkerOnline(app, pool.id));
  const counts = slots ?? (pool.concurrency_limit === null ? null : await activeInPools(app, [pool.id]));
  const { refused: _, ...shown } = pool;
  return {
    ...shown,
    status: poolStatus(pool, online),
    active_slots: pool.concurrency_limit === null ? null : (counts?.get(pool.id) ?? 0),
  };
}

async function templateFor(type: string, given: JsonObject): Promise<JsonObject> {
  const empty = Object.keys(given).length === 0;
  return empty && isPushPool(type) ? ((await defaultTemplateOf(type)) ?? given) : given;
}

/** Without the keys that were not sent. */
function present<T extends object>(body: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  const sent = Object.entries(body).filter(([, value]) => value !== undefined);
  return Object.fromEntries(sent) as { [Key in keyof T]: Exclude<T[Key], undefined> };
}
