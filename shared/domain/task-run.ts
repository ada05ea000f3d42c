import type { Labels } from './flow-run.ts';
import type { Json, JsonObject } from './json/json.ts';
import type { State, StateType } from './states.ts';

/** Prefect's `TaskRunPolicy`; `retry_delay` may be a list indexed by run count. */
export interface TaskRunPolicy {
  max_retries: number;
  retry_delay_seconds: number;
  retries: number | null;
  retry_delay: number | number[] | null;
  retry_jitter_factor: number | null;
}

export const DEFAULT_TASK_RUN_POLICY: TaskRunPolicy = {
  max_retries: 0,
  retry_delay_seconds: 0,
  retries: null,
  retry_delay: null,
  retry_jitter_factor: null,
};

/** A task run as stored: Prefect's `TaskRun` without what is computed on read. */
export interface TaskRun {
  id: string;
  created: string;
  updated: string;
  name: string;
  flow_run_id: string | null;
  task_key: string;
  dynamic_key: string;
  cache_key: string | null;
  cache_expiration: string | null;
  task_version: string | null;
  empirical_policy: TaskRunPolicy;
  tags: string[];
  labels: Labels;
  state_id: string | null;
  task_inputs: Record<string, Json[]>;
  state_type: StateType | null;
  state_name: string | null;
  state_timestamp: string | null;
  run_count: number;
  flow_run_run_count: number;
  expected_start_time: string | null;
  next_scheduled_start_time: string | null;
  start_time: string | null;
  end_time: string | null;
  total_run_time: number;
  state: State | null;
}

export type { Json, JsonObject };
