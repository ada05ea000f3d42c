import * as z from 'zod/mini';
import { STATE_TYPES } from '../../domain/states.ts';
import { count, flag, id, json, maybeId, maybeText, maybeTime, number, text, time } from './values.ts';

export const stateType = z.enum(STATE_TYPES);
const maybeFlag = z.nullable(flag);

export const stateDetails = z.strictObject({
  flow_run_id: maybeId,
  task_run_id: maybeId,
  child_flow_run_id: maybeId,
  scheduled_time: maybeTime,
  cache_key: maybeText,
  cache_expiration: maybeTime,
  deferred: maybeFlag,
  untrackable_result: flag,
  pause_timeout: maybeTime,
  pause_reschedule: flag,
  pause_key: maybeText,
  run_input_keyset: z.nullable(z.record(z.string(), z.string())),
  refresh_cache: maybeFlag,
  retriable: maybeFlag,
  transition_id: maybeId,
  task_parameters_id: maybeId,
  traceparent: maybeText,
  deployment_concurrency_lease_id: maybeId,
});

export const state = z.strictObject({
  id,
  type: stateType,
  name: maybeText,
  timestamp: time,
  message: maybeText,
  data: json,
  state_details: stateDetails,
});

/** The state of a run as the run itself shows it. */
export const ofRun = {
  state_id: maybeId,
  state_type: z.nullable(stateType),
  state_name: maybeText,
  state: z.nullable(state),
};

/** How long a run took, and when. */
export const timesOfRun = {
  run_count: count,
  expected_start_time: maybeTime,
  next_scheduled_start_time: maybeTime,
  start_time: maybeTime,
  end_time: maybeTime,
  total_run_time: number,
  estimated_run_time: number,
  estimated_start_time_delta: number,
};

const outcome = {
  status: z.enum(['ACCEPT', 'REJECT', 'ABORT', 'WAIT']),
  state: z.nullable(state),
  details: z.union([
    z.strictObject({ type: z.literal('accept_details') }),
    z.strictObject({ type: z.literal('wait_details'), delay_seconds: count, reason: maybeText }),
    z.strictObject({ type: z.literal('reject_details'), reason: maybeText }),
    z.strictObject({ type: z.literal('abort_details'), reason: maybeText }),
  ]),
};

/** What became of a proposed state. */
export const orchestrationResult = z.strictObject(outcome);
export const flowRunOrchestrationResult = z.strictObject({ flow_run_id: id, ...outcome });

export const history = z.array(
  z.strictObject({
    interval_start: time,
    interval_end: time,
    states: z.array(
      z.strictObject({
        state_type: stateType,
        state_name: text,
        count_runs: count,
        sum_estimated_run_time: number,
        sum_estimated_lateness: number,
      }),
    ),
  }),
);
