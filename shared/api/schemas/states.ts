import * as z from 'zod/mini';
import { STATE_TYPES } from '../../domain/states.ts';
import { datetime, flag, json, uuid } from './values.ts';

/** Prefect's `StateDetails`; every key may be absent or null. */
export const stateDetails = z.object({
  flow_run_id: z.optional(z.nullable(uuid)),
  task_run_id: z.optional(z.nullable(uuid)),
  child_flow_run_id: z.optional(z.nullable(uuid)),
  scheduled_time: z.optional(z.nullable(datetime)),
  cache_key: z.optional(z.nullable(z.string())),
  cache_expiration: z.optional(z.nullable(datetime)),
  deferred: z.optional(z.nullable(flag)),
  untrackable_result: z.optional(flag),
  pause_timeout: z.optional(z.nullable(datetime)),
  pause_reschedule: z.optional(flag),
  pause_key: z.optional(z.nullable(z.string())),
  run_input_keyset: z.optional(z.nullable(z.record(z.string(), z.string()))),
  refresh_cache: z.optional(z.nullable(flag)),
  retriable: z.optional(z.nullable(flag)),
  transition_id: z.optional(z.nullable(uuid)),
  task_parameters_id: z.optional(z.nullable(uuid)),
  traceparent: z.optional(z.nullable(z.string())),
  deployment_concurrency_lease_id: z.optional(z.nullable(uuid)),
});

/** Prefect's `StateCreate`: what a client proposes. */
export const stateCreate = z.object({
  type: z.enum(STATE_TYPES),
  name: z.nullish(z.string()),
  message: z.nullish(z.string()),
  data: z.optional(json),
  state_details: z.optional(stateDetails),
});

/** The body of `set_state` for flow runs and task runs. */
export const setStateBody = z.object({ state: stateCreate, force: z._default(flag, false) });
