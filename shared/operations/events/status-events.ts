import type { Deployment } from '../../domain/deployment.ts';
import {
  type DeploymentSurroundings,
  deploymentEvent,
  deploymentStatusEvent,
  deploymentUpdatedEvent,
} from '../../domain/events/deployment-events.ts';
import { workPoolStatusEvent, workQueueStatusEvent } from '../../domain/events/work-pool-events.ts';
import {
  isPushPool,
  offlineAt,
  POLL_RECENT_SECONDS,
  polledRecently,
  poolStatus,
  queueStatus,
  type WorkPool,
  type WorkQueue,
} from '../../domain/work-pool.ts';
import { type App, timestamp } from '../app.ts';
import { deploymentLimitId } from '../deployments/deployment-concurrency.ts';
import { announce } from './announce.ts';
import { readRemembered } from './remembered.ts';
import { type StatusOf, setStatusTimer } from './timer-events.ts';

/** An event of a pool's status names the one before when that is no older. */
const FOLLOWS_SECONDS = 600;

/**
 * Tells the status of a pool if it is another than was told last, or `always` (who pauses a paused pool is told so). A pool that
 * workers make ready gets a timer that looks when the last of them would be offline: nothing else is awake to notice it.
 */
export async function announcePoolStatus(
  app: App,
  pool: WorkPool,
  how: 'changed' | 'always' | 'new' = 'changed',
): Promise<void> {
  const offline = isPushPool(pool.type) ? null : await whenOffline(app, pool.id);
  const status = poolStatus(pool, offline !== null && offline > app.clock.now());
  if (status === null) return;
  const former = await app.store.announcedStatuses.read('workPool', pool.id);
  if (how === 'changed' && (former?.doc.status ?? 'NOT_READY') === status) return;
  const at = timestamp(app);
  const id = app.clock.newId();
  const told = { status, event_id: how === 'new' ? null : id, at };
  // The timer first: what is told as ready and has none would stay so for ever.
  if (status === 'READY' && offline) await setStatusTimer(app, 'pool', pool.id, offline);
  if (!(await app.store.announcedStatuses.write('workPool', pool.id, former, told))) return;
  const recent = former && Date.parse(at) - Date.parse(former.doc.at) < FOLLOWS_SECONDS * 1000;
  const follows = recent ? former.doc.event_id : null;
  await announce(app, () => workPoolStatusEvent({ id, occurred: at }, pool, status, follows));
}

/** A worker said that it is there. A read, unless that changes the pool's status. */
export async function poolHeardFrom(app: App, pool: WorkPool): Promise<void> {
  if (isPushPool(pool.type) || pool.is_paused) return;
  const told = await app.store.announcedStatuses.read('workPool', pool.id);
  if (told?.doc.status !== 'READY') await announcePoolStatus(app, pool);
}

/** The pool's timer: its workers may all be offline. May fire late and twice. */
async function lookAtPoolStatus(app: App, poolId: string): Promise<void> {
  const pool = await app.store.workPools.get(poolId);
  if (!pool) return;
  await announcePoolStatus(app, pool);
  const offline = await whenOffline(app, poolId);
  if (offline && offline > app.clock.now()) await setStatusTimer(app, 'pool', poolId, offline);
}

/** When the last of a pool's workers will be offline unless it is heard from again; null without workers. */
async function whenOffline(app: App, poolId: string): Promise<Date | null> {
  let last: Date | null = null;
  for await (const worker of app.store.workers.ofPool(poolId)) {
    const at = offlineAt(worker);
    if (!last || at > last) last = at;
  }
  return last;
}

export async function lookAtStatus(app: App, of: StatusOf, id: string): Promise<void> {
  if (of === 'pool') return lookAtPoolStatus(app, id);
  if (of === 'queue') return lookAtQueueStatus(app, id);
  return lookAtDeploymentStatus(app, id);
}

/** A queue was paused or resumed, or polled for the first time in a while. */
export async function announceQueueStatus(app: App, queue: WorkQueue, how: 'changed' | 'always'): Promise<void> {
  const pool = await readRemembered(app, 'workPools', queue.work_pool_id);
  const status = queueStatus(queue, pool?.type ?? '', app.clock.now());
  const former = await app.store.announcedStatuses.read('workQueue', queue.id);
  if (how === 'changed' && (former?.doc.status ?? 'NOT_READY') === status) return;
  const [id, at] = [app.clock.newId(), timestamp(app)];
  if (!(await app.store.announcedStatuses.write('workQueue', queue.id, former, { status, event_id: id, at }))) return;
  await announce(app, () => workQueueStatusEvent({ id, occurred: at }, queue, status, pool));
}

/** The queue's timer: perhaps nobody polls it any more. Then its deployments are not ready either. May fire late and twice. */
async function lookAtQueueStatus(app: App, queueId: string): Promise<void> {
  const queue = await app.store.workQueues.get(queueId);
  if (!queue) return;
  if (polledRecently(queue, app.clock.now())) return setStatusTimer(app, 'queue', queueId, notPolledAt(queue));
  if (!queue.is_paused) await announceQueueStatus(app, queue, 'changed');
  for await (const { id } of app.store.deployments.ofQueue(queueId)) await notReadyUnlessPolled(app, id);
}

/** The timer of a deployment that is polled by itself (`flow.serve()`). May fire late and twice. */
async function lookAtDeploymentStatus(app: App, id: string): Promise<void> {
  const deployment = await notReadyUnlessPolled(app, id);
  if (deployment?.status === 'READY' && deployment.last_polled) {
    await setStatusTimer(app, 'deployment', id, notPolledAt(deployment));
  }
}

/** The timer of a queue or deployment that is about to become ready: set before, since what is ready without one would stay so for ever. */
export async function watchFromNow(app: App, of: 'queue' | 'deployment', id: string): Promise<void> {
  await setStatusTimer(app, of, id, notPolledAt({ last_polled: timestamp(app) }));
}

async function notReadyUnlessPolled(app: App, id: string): Promise<Deployment | null> {
  const before = await app.store.deployments.get(id);
  if (before?.status !== 'READY' || before.last_polled === null) return null;
  const pool = await readRemembered(app, 'workPools', before.work_pool_id);
  if (pool && isPushPool(pool.type)) return null;
  let turned = false;
  const deployment = await app.store.deployments.update(id, (current) => {
    turned = current.status === 'READY' && notPolledAt(current) <= app.clock.now();
    return turned ? { ...current, status: 'NOT_READY' } : null;
  });
  if (turned && deployment) await announceDeploymentStatus(app, deployment);
  return deployment;
}

export async function announceDeploymentStatus(app: App, deployment: Deployment): Promise<void> {
  await announce(app, async (stamp) => deploymentStatusEvent(stamp, deployment, await around(app, deployment)));
}

export async function announceDeployment(
  app: App,
  change: 'created' | 'deleted',
  deployment: Deployment,
): Promise<void> {
  await announce(app, async (stamp) => deploymentEvent(stamp, change, deployment, await around(app, deployment)));
}

/** `limitBefore` is the id of the limit that held its runs before. */
export async function announceDeploymentUpdate(
  app: App,
  before: Deployment,
  after: Deployment,
  limitBefore: string | null,
): Promise<void> {
  await announce(app, async (stamp) => {
    const now = await around(app, after);
    const limited = (deployment: Deployment, id: string | null) => ({ ...deployment, concurrency_limit_id: id });
    return deploymentUpdatedEvent(stamp, limited(before, limitBefore), limited(after, now.limitId), now);
  });
}

async function around(app: App, deployment: Deployment): Promise<DeploymentSurroundings> {
  const [flow, queue, pool] = await Promise.all([
    readRemembered(app, 'flows', deployment.flow_id),
    readRemembered(app, 'workQueues', deployment.work_queue_id),
    readRemembered(app, 'workPools', deployment.work_pool_id),
  ]);
  return { flow, queue, pool, limitId: await deploymentLimitId(app, deployment) };
}

/** When something was not polled for as long as makes it not ready. */
function notPolledAt({ last_polled }: { readonly last_polled: string | null }): Date {
  return new Date(Date.parse(last_polled ?? '1970-01-01T00:00:00Z') + (POLL_RECENT_SECONDS + 1) * 1000);
}
