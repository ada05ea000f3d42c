import type { JsonObject } from '../json/json.ts';
import type { PoolStatus, WorkPool, WorkQueue } from '../work-pool.ts';
import { changedFields } from './changed-fields.ts';
import type { Event, Resource } from './event.ts';
import type { Change, Stamp } from './lifecycle-events.ts';

/** `prefect.work-pool.…` and `prefect.work-queue.…` as Prefect's server makes them (`server/models/events.py`). */

export function workPoolEvent(stamp: Stamp, change: Exclude<Change, 'updated'>, pool: WorkPool): Event {
  return event(stamp, `prefect.work-pool.${change}`, poolResource(pool), {}, relatedToPool(pool));
}

/** Null when nothing changed that is worth an event; pausing is told by the status. */
export function workPoolUpdatedEvent(stamp: Stamp, before: WorkPool, after: WorkPool): Event | null {
  const fields = ['description', 'base_job_template', 'concurrency_limit', 'storage_configuration'] as const;
  const payload = changedFields(before, after, fields);
  return payload && event(stamp, 'prefect.work-pool.updated', poolResource(after), payload);
}

/** `follows` is the status before, when that was a moment ago. */
export function workPoolStatusEvent(stamp: Stamp, pool: WorkPool, status: PoolStatus, follows: string | null): Event {
  const { 'prefect.resource.role': _, ...resource } = poolResource(pool);
  return { ...event(stamp, `prefect.work-pool.${kebab(status)}`, resource as Resource), follows };
}

type PoolFacts = Pick<WorkPool, 'id' | 'name' | 'type'>;

export function workQueueEvent(
  stamp: Stamp,
  change: Exclude<Change, 'updated'>,
  queue: WorkQueue,
  pool: PoolFacts | null,
): Event {
  return event(stamp, `prefect.work-queue.${change}`, queueResource(queue), {}, poolOfQueue(pool));
}

/** Null when nothing changed that is worth an event. */
export function workQueueUpdatedEvent(
  stamp: Stamp,
  before: WorkQueue,
  after: WorkQueue,
  pool: PoolFacts | null,
): Event | null {
  const payload = changedFields(before, after, ['name', 'description', 'concurrency_limit', 'priority']);
  return payload && event(stamp, 'prefect.work-queue.updated', queueResource(after), payload, poolOfQueue(pool));
}

export function workQueueStatusEvent(
  stamp: Stamp,
  queue: WorkQueue,
  status: PoolStatus,
  pool: PoolFacts | null,
): Event {
  return event(stamp, `prefect.work-queue.${kebab(status)}`, queueResource(queue), {}, poolOfQueue(pool));
}

export function poolResource({ id, name, type }: PoolFacts): Resource {
  return {
    'prefect.resource.id': `prefect.work-pool.${id}`,
    'prefect.resource.name': name,
    'prefect.work-pool.type': type,
    'prefect.resource.role': 'work-pool',
  };
}

export function queueResource({ id, name }: Pick<WorkQueue, 'id' | 'name'>): Resource {
  return {
    'prefect.resource.id': `prefect.work-queue.${id}`,
    'prefect.resource.name': name,
    'prefect.resource.role': 'work-queue',
  };
}

const poolOfQueue = (pool: PoolFacts | null): Resource[] => (pool ? [poolResource(pool)] : []);

function relatedToPool({ default_queue_id: queueId, storage_configuration: storage }: WorkPool): Resource[] {
  const block = storage.default_result_storage_block_id;
  return [
    { 'prefect.resource.id': `prefect.work-queue.${queueId}`, 'prefect.resource.role': 'default-queue' },
    ...(block
      ? [{ 'prefect.resource.id': `prefect.block-document.${block}`, 'prefect.resource.role': 'result-storage' }]
      : []),
  ];
}

/** `NOT_READY` as events are named: `not-ready`. */
export const kebab = (status: string): string => status.toLowerCase().replaceAll('_', '-');

function event(
  stamp: Stamp,
  name: string,
  resource: Resource,
  payload: JsonObject = {},
  related: readonly Resource[] = [],
): Event {
  return { ...stamp, event: name, resource, related, payload, follows: null };
}
