import type { WorkQueueCreate, WorkQueuesFilterBody, WorkQueueUpdate } from '../../api/schemas/work-queues.ts';
import { ClientError, ConflictError, notFound } from '../../domain/errors.ts';
import { workPoolEvent, workQueueEvent, workQueueUpdatedEvent } from '../../domain/events/work-pool-events.ts';
import { freePriority, reprioritised } from '../../domain/queue-priorities.ts';
import {
  AGENT_POOL_NAME,
  AGENT_POOL_TYPE,
  DEFAULT_QUEUE_NAME,
  NO_STORAGE,
  type PoolStatus,
  queueStatus,
  type WorkPool,
  type WorkQueue,
} from '../../domain/work-pool.ts';
import { type App, timestamp } from '../app.ts';
import { countingActiveRuns } from '../concurrency/adopt-active-runs.ts';
import { activeInQueues } from '../concurrency/slot-holders.ts';
import { ownerOf } from '../concurrency/slot-owners.ts';
import { firstLimit } from '../concurrency/slot-places.ts';
import { reorderWaits, wakeNext } from '../concurrency/slot-wakes.ts';
import { announce } from '../events/announce.ts';
import { readRemembered } from '../events/remembered.ts';
import { announceQueueStatus } from '../events/status-events.ts';
import { matchesWorkQueue } from '../filters/work-pools.ts';
import { byText, matching, takePage } from '../lists/filtering.ts';
import { readWorkPoolByName } from './work-pool-lookup.ts';

/** A work queue as the API answers it. */
export interface WorkQueueResponse extends WorkQueue {
  status: PoolStatus;
  /** Runs that occupy slots; null without a limit. */
  active_slots: number | null;
}

type NewQueue = Partial<WorkQueueCreate> & { readonly id?: string };

/** Creates a queue in a pool. Throws 409 when the pool has one of that name. */
export async function createWorkQueue(app: App, poolName: string, body: WorkQueueCreate): Promise<WorkQueueResponse> {
  const pool = await readWorkPoolByName(app, poolName);
  const { doc, created } = await makeQueue(app, pool, body.name, body);
  // The braces are Prefect's own: its server forgets to fill them in.
  if (!created) {
    throw new ClientError('conflict', 'A work queue with this name already exists in work pool {work_pool_name!r}.');
  }
  return answer(app, doc, pool.type);
}

/** The pool's queue of this name, made if it is missing: deployments and runs name queues that nobody created. May be repeated. */
export async function ensureWorkQueue(
  app: App,
  pool: WorkPool,
  name: string,
  asNew: Pick<NewQueue, 'priority'> = {},
): Promise<WorkQueue> {
  const known = await app.store.workQueues.getInPool(pool.id, name);
  return known ?? (await makeQueue(app, pool, name, asNew)).doc;
}

/** The queue that a pool's runs go to when none is named; made again under its id if its pool's creator died before it. */
export async function defaultQueue(app: App, pool: WorkPool): Promise<WorkQueue> {
  const known = await app.store.workQueues.get(pool.default_queue_id);
  if (known) return known;
  const id = pool.default_queue_id;
  const description = "The work pool's default queue.";
  return (await makeQueue(app, pool, DEFAULT_QUEUE_NAME, { id, description })).doc;
}

export async function queuesOfPool(app: App, pool: WorkPool): Promise<WorkQueue[]> {
  const queues = await app.store.workQueues.ofPool(pool.id);
  return queues.some(({ id }) => id === pool.default_queue_id)
    ? queues
    : byPriority([...queues, await defaultQueue(app, pool)]);
}

/** The pool and its queue of this name. Throws 404 for either. */
export async function readQueueOfPool(
  app: App,
  poolName: string,
  name: string,
): Promise<{ pool: WorkPool; queue: WorkQueue }> {
  const pool = await readWorkPoolByName(app, poolName);
  const queue =
    (await app.store.workQueues.getInPool(pool.id, name)) ??
    (name === DEFAULT_QUEUE_NAME ? await defaultQueue(app, pool) : null);
  if (queue?.name !== name) throw noQueue(poolName, name);
  return { pool, queue };
}

/** One queue of a pool. A pool that is not there is answered like a queue that is not. */
export async function readWorkQueueOfPool(app: App, poolName: string, name: string): Promise<WorkQueueResponse> {
  if (!(await app.store.workPools.getByName(poolName))) throw noQueue(poolName, name);
  const { pool, queue } = await readQueueOfPool(app, poolName, name);
  return answer(app, queue, pool.type);
}

/** The queues of a pool, highest priority first. */
export async function filterQueuesOfPool(
  app: App,
  poolName: string,
  body: WorkQueuesFilterBody,
): Promise<WorkQueueResponse[]> {
  const pool = await readWorkPoolByName(app, poolName);
  const queues = (await queuesOfPool(app, pool)).values();
  return page(
    app,
    (async function* () {
      yield* queues;
    })(),
    body,
  );
}

/** Queues of all pools, by name. */
export async function filterWorkQueues(app: App, body: WorkQueuesFilterBody): Promise<WorkQueueResponse[]> {
  return page(app, app.store.workQueues.list(), body);
}

/** Applies the keys present. A new priority moves the queues in its way; a resumed queue lets its waiting runs go. */
export async function updateQueueOfPool(
  app: App,
  poolName: string,
  name: string,
  body: WorkQueueUpdate,
): Promise<void> {
  const { queue } = await readQueueOfPool(app, poolName, name);
  await changeQueue(app, queue, body);
}

export async function changeQueue(app: App, queue: WorkQueue, body: WorkQueueUpdate): Promise<void> {
  const updated = timestamp(app);
  const sent = Object.fromEntries(
    Object.entries(body).filter(
      ([key, value]) => value !== undefined && !(value === null && (key === 'name' || key === 'priority')),
    ),
  );
  const stored = await app.store.workQueues.read(queue.id);
  const limit = stored && firstLimit('queue', stored, body.concurrency_limit);
  let changed: WorkQueue | null = null;
  try {
    await countingActiveRuns(app, limit, [queue.id], async () => {
      changed = await app.store.workQueues.update(queue.id, (doc) => ({ ...doc, ...sent, updated }));
    });
  } catch (error) {
    if (!(error instanceof ConflictError) || error.code !== 'exists') throw error;
    throw new ClientError('conflict', `A work queue named '${body.name}' already exists in its work pool.`);
  }
  if (body.priority) {
    await settlePriorities(app, queue.work_pool_id, { id: queue.id, priority: body.priority });
    await reorderWaits(app, ownerOf('pool', queue.work_pool_id), await app.store.workQueues.ofPool(queue.work_pool_id));
  }
  if (body.is_paused === false || body.concurrency_limit !== undefined) await wakeNext(app, ownerOf('queue', queue.id));
  if (changed) await announceChange(app, queue, changed);
}

async function announceChange(app: App, before: WorkQueue, after: WorkQueue): Promise<void> {
  const pool = await readRemembered(app, 'workPools', after.work_pool_id);
  await announce(app, (stamp) => workQueueUpdatedEvent(stamp, before, after, pool));
  if (before.is_paused !== after.is_paused) await announceQueueStatus(app, after, 'always');
}

/** Deletes a queue; its waiting runs are let go. Throws 400 for a pool's default queue. */
export async function deleteQueueOfPool(app: App, poolName: string, name: string): Promise<void> {
  const { queue } = await readQueueOfPool(app, poolName, name);
  await removeQueue(app, queue);
}

export async function removeQueue(app: App, queue: WorkQueue): Promise<void> {
  const pool = await app.store.workPools.get(queue.work_pool_id);
  if (pool?.default_queue_id === queue.id) throw new ClientError('malformed', "Can't delete a pool's default queue.");
  await app.store.workQueues.delete(queue.id);
  await settlePriorities(app, queue.work_pool_id);
  await wakeNext(app, ownerOf('queue', queue.id));
  await app.store.slots.forget(ownerOf('queue', queue.id));
  await app.store.announcedStatuses.remove('workQueue', queue.id);
  await announce(app, (stamp) => workQueueEvent(stamp, 'deleted', queue, pool));
}

/** The pool that queues without a pool belong to; made when first asked for. */
export async function agentPool(app: App): Promise<WorkPool> {
  const known = await app.store.workPools.getByName(AGENT_POOL_NAME);
  if (known) return known;
  const now = timestamp(app);
  const { doc, created } = await app.store.workPools.create({
    id: app.clock.newId(),
    created: now,
    updated: now,
    name: AGENT_POOL_NAME,
    description: null,
    type: AGENT_POOL_TYPE,
    base_job_template: {},
    is_paused: false,
    concurrency_limit: null,
    default_queue_id: app.clock.newId(),
    storage_configuration: NO_STORAGE,
  });
  await defaultQueue(app, doc);
  if (created) await announce(app, (stamp) => workPoolEvent(stamp, 'created', doc));
  return doc;
}

export async function queueAnswer(app: App, queue: WorkQueue): Promise<WorkQueueResponse> {
  const pool = await app.store.workPools.get(queue.work_pool_id);
  return answer(app, queue, pool?.type ?? '');
}

async function makeQueue(
  app: App,
  pool: WorkPool,
  name: string,
  body: NewQueue,
): Promise<{ doc: WorkQueue; created: boolean }> {
  const others = await app.store.workQueues.ofPool(pool.id);
  const now = timestamp(app);
  const made = await app.store.workQueues.create({
    id: body.id ?? app.clock.newId(),
    created: now,
    updated: now,
    name,
    description: body.description ?? '',
    is_paused: body.is_paused ?? false,
    concurrency_limit: body.concurrency_limit ?? null,
    priority: body.priority ?? freePriority(others),
    work_pool_id: pool.id,
    work_pool_name: pool.name,
    filter: body.filter ?? null,
    last_polled: null,
  });
  if (made.created && body.priority) await settlePriorities(app, pool.id, made.doc);
  if (made.created) await announce(app, (stamp) => workQueueEvent(stamp, 'created', made.doc, pool));
  return made;
}

/** Gives every queue of a pool the priority it has once `moved` stands where it asked; clashes left by a crash go too. */
async function settlePriorities(app: App, poolId: string, moved?: { id: string; priority: number }): Promise<void> {
  const queues = await app.store.workQueues.ofPool(poolId);
  const wanted = reprioritised(queues, moved);
  for (const queue of queues) {
    const priority = wanted.get(queue.id) ?? queue.priority;
    if (priority !== queue.priority) await app.store.workQueues.update(queue.id, (doc) => ({ ...doc, priority }));
  }
}

async function page(
  app: App,
  rows: AsyncIterable<WorkQueue>,
  body: WorkQueuesFilterBody,
): Promise<WorkQueueResponse[]> {
  const queues = await takePage(
    matching(rows, (queue) => matchesWorkQueue(body.work_queues, queue)),
    body,
  );
  const limited = queues.filter((queue) => queue.concurrency_limit !== null).map(({ id }) => id);
  const slots = await activeInQueues(app, limited);
  const types = new Map<string, string>();
  for (const pool of await app.store.workPools.getMany([...new Set(queues.map((queue) => queue.work_pool_id))])) {
    types.set(pool.id, pool.type);
  }
  return Promise.all(queues.map((queue) => answer(app, queue, types.get(queue.work_pool_id) ?? '', slots)));
}

async function answer(
  app: App,
  queue: WorkQueue,
  poolType: string,
  slots?: ReadonlyMap<string, number>,
): Promise<WorkQueueResponse> {
  const limited = queue.concurrency_limit !== null;
  const counts = slots ?? (limited ? await activeInQueues(app, [queue.id]) : null);
  return {
    ...queue,
    status: queueStatus(queue, poolType, app.clock.now()),
    active_slots: limited ? (counts?.get(queue.id) ?? 0) : null,
  };
}

function noQueue(poolName: string, name: string): ClientError {
  return notFound(`Work pool queue '${poolName}/${name}' not found.`);
}

function byPriority(queues: WorkQueue[]): WorkQueue[] {
  return queues.toSorted((a, b) => a.priority - b.priority || byText(a.id, b.id));
}
