import * as z from 'zod/mini';
import { workQueueFilter } from './filters.ts';
import { datetime, flag, integer, name, nonNegativeInteger, offset, pageLimit, tags, uuid } from './values.ts';

const filter = z.nullish(
  z.object({
    tags: z._default(z.nullable(tags), null),
    deployment_ids: z._default(z.nullable(z.array(uuid)), null),
  }),
);
const priority = integer.check(z.gt(0));

/** `POST /work_pools/{work_pool_name}/queues` and `POST /work_queues/` */
export const workQueueCreate = z.object({
  name,
  description: z._default(z.nullable(z.string()), ''),
  is_paused: z._default(flag, false),
  concurrency_limit: z.nullish(nonNegativeInteger),
  priority: z.nullish(priority),
  filter,
});
export type WorkQueueCreate = z.infer<typeof workQueueCreate>;

/** `PATCH` of a queue: only the keys present are applied. */
export const workQueueUpdate = z.object({
  name: z.nullish(z.string()),
  description: z.nullish(z.string()),
  is_paused: z.optional(flag),
  concurrency_limit: z.nullish(nonNegativeInteger),
  priority: z.nullish(priority),
  last_polled: z.nullish(datetime),
  filter,
});
export type WorkQueueUpdate = z.infer<typeof workQueueUpdate>;

export const workQueuesFilterBody = z.object({ limit: pageLimit, offset, work_queues: z.nullish(workQueueFilter) });
export type WorkQueuesFilterBody = z.infer<typeof workQueuesFilterBody>;

/** `POST /work_pools/{name}/get_scheduled_flow_runs` */
export const scheduledRunsBody = z.object({
  limit: pageLimit,
  work_queue_names: z.nullish(z.array(z.string())),
  scheduled_before: z.nullish(datetime),
  scheduled_after: z.nullish(datetime),
});
export type ScheduledRunsBody = z.infer<typeof scheduledRunsBody>;

/** `POST /work_queues/{id}/get_runs` */
export const queueRunsBody = z.object({ limit: pageLimit, scheduled_before: z.nullish(datetime) });
export type QueueRunsBody = z.infer<typeof queueRunsBody>;
