import type { Json, JsonObject } from './json/json.ts';
import type { State, StateType } from './states.ts';

export type Labels = Record<string, string | number | boolean>;

/** How a run retries and pauses (Prefect's `FlowRunPolicy`). */
export interface FlowRunPolicy {
  max_retries: number;
  retry_delay_seconds: number;
  retries: number | null;
  retry_delay: number | null;
  pause_keys: string[];
  resuming: boolean | null;
  retry_type: 'in_process' | 'reschedule' | null;
}

export const DEFAULT_FLOW_RUN_POLICY: FlowRunPolicy = {
  max_retries: 0,
  retry_delay_seconds: 0,
  retries: null,
  retry_delay: null,
  pause_keys: [],
  resuming: false,
  retry_type: null,
};

export interface CreatedBy {
  id: string | null;
  type: string | null;
  display_value: string | null;
}

/**
 * A flow run as stored: Prefect's `FlowRun` without what is computed on read (`estimated_run_time`,
 * `estimated_start_time_delta`, `work_pool_name`, `work_queue_name` and the like; see `flow-run-response.ts`).
 */
export interface FlowRun {
  id: string;
  created: string;
  updated: string;
  name: string;
  flow_id: string;
  state_id: string | null;
  deployment_id: string | null;
  deployment_version: string | null;
  work_queue_id: string | null;
  work_queue_name: string | null;
  work_pool_id: string | null;
  work_pool_name: string | null;
  flow_version: string | null;
  parameters: JsonObject;
  idempotency_key: string | null;
  context: JsonObject;
  empirical_policy: FlowRunPolicy;
  tags: string[];
  labels: Labels;
  parent_task_run_id: string | null;
  state_type: StateType | null;
  state_name: string | null;
  state_timestamp: string | null;
  run_count: number;
  expected_start_time: string | null;
  next_scheduled_start_time: string | null;
  start_time: string | null;
  end_time: string | null;
  /** Seconds spent in RUNNING, closed intervals only. */
  total_run_time: number;
  auto_scheduled: boolean;
  infrastructure_document_id: string | null;
  infrastructure_pid: string | null;
  created_by: CreatedBy | null;
  job_variables: JsonObject;
  state: State | null;
}

export type { Json, JsonObject };
