import * as z from 'zod/mini';
import { stateType } from './states.ts';
import {
  count,
  entity,
  flag,
  id,
  json,
  maybeCount,
  maybeId,
  maybeText,
  maybeTime,
  number,
  object,
  text,
  time,
} from './values.ts';

const status = z.nullable(z.enum(['READY', 'NOT_READY', 'PAUSED']));

export const workPool = z.strictObject({
  ...entity,
  name: text,
  description: maybeText,
  type: text,
  base_job_template: object,
  is_paused: flag,
  concurrency_limit: maybeCount,
  status,
  default_queue_id: maybeId,
  active_slots: maybeCount,
  storage_configuration: z.strictObject({
    bundle_upload_step: json,
    bundle_execution_step: json,
    // Clients up to 3.3.7 refuse the key, and get the pool without it.
    default_result_storage_block_id: z.optional(maybeId),
  }),
});

const queue = {
  ...entity,
  name: text,
  description: maybeText,
  is_paused: flag,
  concurrency_limit: maybeCount,
  priority: count,
  work_pool_id: maybeId,
  filter: z.nullable(z.strictObject({ tags: z.nullable(z.array(text)), deployment_ids: z.nullable(z.array(id)) })),
  last_polled: maybeTime,
};
export const workQueue = z.strictObject({ ...queue, work_pool_name: maybeText, status, active_slots: maybeCount });
/** As the deployment's check for queues answers. */
export const plainWorkQueue = z.strictObject(queue);

export const workQueueStatus = z.strictObject({
  healthy: flag,
  late_runs_count: count,
  last_polled: maybeTime,
  health_check_policy: z.strictObject({
    maximum_late_runs: maybeCount,
    maximum_seconds_since_last_polled: maybeCount,
  }),
});

export const worker = z.strictObject({
  ...entity,
  name: text,
  work_pool_id: id,
  last_heartbeat_time: time,
  heartbeat_interval_seconds: maybeCount,
  status: z.enum(['ONLINE', 'OFFLINE']),
});

const slotHolders = z.array(
  z.strictObject({
    id,
    name: text,
    state_type: z.nullable(stateType),
    state_name: maybeText,
    start_time: maybeTime,
    state_timestamp: maybeTime,
    time_in_current_state: z.nullable(number),
  }),
);
const slots = { concurrency_limit: maybeCount, active_slots: count };
const page = { count, limit: count, pages: count, page: count };

export const workQueueConcurrency = z.strictObject({ ...slots, flow_runs: slotHolders, ...page });
export const workPoolConcurrency = z.strictObject({
  ...slots,
  queues: z.array(
    z.strictObject({
      queue_id: id,
      queue_name: text,
      ...slots,
      flow_run_count: maybeCount,
      flow_runs: slotHolders,
    }),
  ),
  ...page,
});
