import type { Json, JsonObject } from './json/json.ts';

/** Prefect's `WorkPool` as stored; `status` and `active_slots` are computed on read. */
export interface WorkPool {
  id: string;
  created: string;
  updated: string;
  name: string;
  description: string | null;
  /** E.g. `process`, or `ecs:push` for pools that pushpool submits to itself. */
  type: string;
  base_job_template: JsonObject;
  is_paused: boolean;
  concurrency_limit: number | null;
  default_queue_id: string;
  storage_configuration: StorageConfiguration;
  /** Why the cloud does not accept the pool's credentials; its runs wait until they are stored anew. Not shown to clients. */
  refused?: { readonly reason: string; readonly since: string };
}

export interface StorageConfiguration {
  bundle_upload_step: Json;
  bundle_execution_step: Json;
  default_result_storage_block_id?: string | null;
}

export const NO_STORAGE: StorageConfiguration = {
  bundle_upload_step: null,
  bundle_execution_step: null,
  default_result_storage_block_id: null,
};

export type PoolStatus = 'READY' | 'NOT_READY' | 'PAUSED';

export interface QueueFilter {
  tags: string[] | null;
  deployment_ids: string[] | null;
}

/** Prefect's `WorkQueue` as stored. A pool's name never changes, so it is kept here too. */
export interface WorkQueue {
  id: string;
  created: string;
  updated: string;
  name: string;
  description: string | null;
  is_paused: boolean;
  concurrency_limit: number | null;
  /** Unique within the pool; 1 is served first. */
  priority: number;
  work_pool_id: string;
  work_pool_name: string;
  /** Which runs a queue of Prefect's oldest kind takes: those with all of these tags, of one of these deployments. */
  filter: QueueFilter | null;
  /** When a worker last asked for its runs. */
  last_polled: string | null;
}

/** A worker process of a pool that pushpool does not submit to. */
export interface Worker {
  id: string;
  created: string;
  updated: string;
  name: string;
  work_pool_id: string;
  last_heartbeat_time: string;
  heartbeat_interval_seconds: number | null;
}

/** The type of the pool that queues without a pool belong to, from Prefect's time of agents. */
export const AGENT_POOL_TYPE = 'prefect-agent';
export const AGENT_POOL_NAME = 'default-agent-pool';
export const DEFAULT_QUEUE_NAME = 'default';

/** A queue counts as polled, and thus READY, this long after the last poll. */
export const POLL_RECENT_SECONDS = 60;
const HEARTBEAT_DEFAULT_SECONDS = 30;
/** A worker that misses this many heartbeats is offline. */
const HEARTBEATS_MISSED = 3;

/** True for pools whose runs pushpool submits; clients judge by the same suffix. */
export function isPushPool(type: string): boolean {
  return type.endsWith(':push');
}

/** Prefect keeps names that begin so for itself, in any case of letters. */
export function isReservedPoolName(name: string): boolean {
  return name.toLowerCase().startsWith('prefect');
}

/** A push pool has no workers to wait for, but its cloud must accept its credentials; others are ready while one of theirs is online. Agents' pools have no status. */
export function poolStatus(pool: WorkPool, workersOnline: boolean): PoolStatus | null {
  if (pool.type === AGENT_POOL_TYPE) return null;
  if (pool.is_paused) return 'PAUSED';
  if (pool.refused) return 'NOT_READY';
  return isPushPool(pool.type) || workersOnline ? 'READY' : 'NOT_READY';
}

export function queueStatus(queue: WorkQueue, poolType: string, now: Date): PoolStatus {
  if (queue.is_paused) return 'PAUSED';
  return isPushPool(poolType) || polledRecently(queue, now) ? 'READY' : 'NOT_READY';
}

export function polledRecently(queue: WorkQueue, now: Date, seconds = POLL_RECENT_SECONDS): boolean {
  return queue.last_polled !== null && now.getTime() - Date.parse(queue.last_polled) <= seconds * 1000;
}

export function isOnline(worker: Worker, now: Date): boolean {
  return now < offlineAt(worker);
}

/** When a worker is offline unless it is heard from again. */
export function offlineAt(worker: Worker): Date {
  const seconds = (worker.heartbeat_interval_seconds ?? HEARTBEAT_DEFAULT_SECONDS) * HEARTBEATS_MISSED;
  return new Date(Date.parse(worker.last_heartbeat_time) + seconds * 1000 + 1);
}

/**
 * The pool as a client of this version can read it: Prefect up to 3.3.7 refuses an answer that has
 * `default_result_storage_block_id`. Null is any other client.
 */
export function poolForClient<Pool extends WorkPool>(pool: Pool, clientVersion: string | null): Pool {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(clientVersion ?? '');
  if (!match) return pool;
  const [major = 0, minor = 0, patch = 0] = match.slice(1).map(Number);
  const reads = major > 3 || (major === 3 && (minor > 3 || (minor === 3 && patch > 7)));
  if (reads) return pool;
  const { default_result_storage_block_id: _, ...storage } = pool.storage_configuration;
  return { ...pool, storage_configuration: storage };
}
