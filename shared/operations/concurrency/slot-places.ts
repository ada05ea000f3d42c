import type { ConcurrencyLimit } from '../../domain/concurrency/limit.ts';
import type { Deployment } from '../../domain/deployment.ts';
import type { FlowRun } from '../../domain/flow-run.ts';
import type { WorkPool, WorkQueue } from '../../domain/work-pool.ts';
import type { SlotLimit } from '../../store/slot-ledger.ts';
import type { StoredItem } from '../../store/table.ts';
import type { App } from '../app.ts';
import { ownerOf, partsOfOwner, slotLimitOf } from './slot-owners.ts';

/** Something whose slots a flow run needs, as it is at this moment. */
export interface SlotPlace {
  readonly owner: string;
  readonly paused: boolean;
  /** Null when there is no limit: then nothing is counted (rule 21). */
  readonly limit: SlotLimit | null;
  /** What an operator calls it. */
  readonly name: string;
}

export interface PlacesOfRun {
  /** In the one order in which everybody takes them: queue, pool, deployment. */
  readonly places: readonly SlotPlace[];
  /** Of the run's queue; 1 comes first. */
  readonly priority: number;
  readonly deployment: Deployment | null;
  /** The owner of the deployment's slots; null when it has no limit. */
  readonly deploymentOwner: string | null;
}

/** Runs whose queue is gone come after all others. */
const NO_PRIORITY = 9_999_999;

/** Where a flow run needs slots. Reads everything afresh. */
export async function placesOfRun(app: App, run: FlowRun): Promise<PlacesOfRun> {
  const [queue, pool, deployment] = await Promise.all([
    run.work_queue_id ? app.store.workQueues.read(run.work_queue_id) : null,
    run.work_pool_id ? app.store.workPools.read(run.work_pool_id) : null,
    run.deployment_id ? app.store.deployments.get(run.deployment_id) : null,
  ]);
  const limit = deployment && (await limitOfDeployment(app, deployment));
  const places = [queue && placeOfQueue(queue), pool && placeOfPool(pool), limit && placeOfLimit(limit)];
  return {
    places: places.filter((place) => place !== null),
    priority: queue?.doc.priority ?? NO_PRIORITY,
    deployment,
    deploymentOwner: limit && ownerOf('limit', limit.doc.id),
  };
}

/** The limit on a deployment's runs: a shared one, or its own; null when there is none. */
export async function limitOfDeployment(
  app: App,
  { id, concurrency_limit, global_concurrency_limit_id }: Deployment,
): Promise<StoredItem<ConcurrencyLimit> | null> {
  if (global_concurrency_limit_id) return app.store.concurrencyLimits.read(global_concurrency_limit_id);
  return concurrency_limit === null ? null : app.store.concurrencyLimits.readByName(deploymentLimitName(id));
}

/** The name of a deployment's own limit, as Prefect's second API shows it. */
export const deploymentLimitName = (deploymentId: string): string => `deployment:${deploymentId}`;

/** The place of an owner as it is now; null when the owner is gone, and limits nobody any more. */
export async function readPlace(app: App, owner: string): Promise<SlotPlace | null> {
  const { kind, id } = partsOfOwner(owner);
  if (kind === 'queue') {
    const queue = await app.store.workQueues.read(id);
    return queue && placeOfQueue(queue);
  }
  if (kind === 'pool') {
    const pool = await app.store.workPools.read(id);
    return pool && placeOfPool(pool);
  }
  const limit = await app.store.concurrencyLimits.read(id);
  return limit && placeOfLimit(limit);
}

function placeOfQueue({ doc, rev }: StoredItem<WorkQueue>): SlotPlace {
  const owner = ownerOf('queue', doc.id);
  return { owner, paused: doc.is_paused, name: `work queue "${doc.name}"`, limit: limited(owner, doc, rev) };
}

function placeOfPool({ doc, rev }: StoredItem<WorkPool>): SlotPlace {
  const owner = ownerOf('pool', doc.id);
  const paused = doc.is_paused || doc.refused !== undefined;
  return { owner, paused, name: `work pool "${doc.name}"`, limit: limited(owner, doc, rev) };
}

/** The limit that a pool or queue is about to get, when it had none before; null otherwise. */
export function firstLimit(
  kind: 'pool' | 'queue',
  { doc, rev }: StoredItem<WorkPool | WorkQueue>,
  limit: number | null | undefined,
): SlotLimit | null {
  return doc.concurrency_limit === null && limit != null ? { owner: ownerOf(kind, doc.id), limit, rev } : null;
}

/** A rate limits how often something begins, not how many run. */
function placeOfLimit(stored: StoredItem<ConcurrencyLimit>): SlotPlace {
  const { active, slot_decay_per_second, name } = stored.doc;
  const limit = active && slot_decay_per_second === 0 ? slotLimitOf(stored) : null;
  return { owner: ownerOf('limit', stored.doc.id), paused: false, name: `concurrency limit "${name}"`, limit };
}

function limited(owner: string, { concurrency_limit }: WorkPool | WorkQueue, rev: number): SlotLimit | null {
  return concurrency_limit === null ? null : { owner, limit: concurrency_limit, rev };
}
