import type { Json } from './json/json.ts';

/** State types in Prefect's spelling (prefect-api 4.2). Any name may go with any type; logic goes by type except where named. */
export const STATE_TYPES = [
  'SCHEDULED',
  'PENDING',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'CRASHED',
  'PAUSED',
  'CANCELLING',
] as const;
export type StateType = (typeof STATE_TYPES)[number];

export const TERMINAL_STATE_TYPES: ReadonlySet<StateType> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED']);

export function isTerminal(type: StateType | null | undefined): boolean {
  return type != null && TERMINAL_STATE_TYPES.has(type);
}

/** All keys are always present in answers. Times are RFC 3339 strings in UTC. */
export interface StateDetails {
  flow_run_id: string | null;
  task_run_id: string | null;
  child_flow_run_id: string | null;
  scheduled_time: string | null;
  cache_key: string | null;
  cache_expiration: string | null;
  deferred: boolean | null;
  untrackable_result: boolean;
  pause_timeout: string | null;
  pause_reschedule: boolean;
  pause_key: string | null;
  run_input_keyset: Record<string, string> | null;
  refresh_cache: boolean | null;
  retriable: boolean | null;
  transition_id: string | null;
  task_parameters_id: string | null;
  traceparent: string | null;
  deployment_concurrency_lease_id: string | null;
}

export const EMPTY_STATE_DETAILS: StateDetails = {
  flow_run_id: null,
  task_run_id: null,
  child_flow_run_id: null,
  scheduled_time: null,
  cache_key: null,
  cache_expiration: null,
  deferred: false,
  untrackable_result: false,
  pause_timeout: null,
  pause_reschedule: false,
  pause_key: null,
  run_input_keyset: null,
  refresh_cache: null,
  retriable: null,
  transition_id: null,
  task_parameters_id: null,
  traceparent: null,
  deployment_concurrency_lease_id: null,
};

/** A state of a flow run or task run, in the shape of Prefect's `State`. */
export interface State {
  id: string;
  type: StateType;
  name: string;
  timestamp: string;
  message: string | null;
  data: Json;
  state_details: StateDetails;
}

/** What a client proposes (Prefect's `StateCreate`): the server assigns id and timestamp at receipt. */
export interface StateProposal {
  type: StateType;
  name?: string | null | undefined;
  message?: string | null | undefined;
  data?: Json | undefined;
  state_details?: Partial<StateDetails> | null | undefined;
}

/** Prefect's default name of a type: `SCHEDULED` is called `Scheduled`. */
export function defaultStateName(type: StateType): string {
  return type.charAt(0) + type.slice(1).toLowerCase();
}

/** Completes a proposal; a SCHEDULED state without a time is due at `timestamp`. Unknown detail keys are dropped. */
export function makeState(proposal: StateProposal, id: string, timestamp: string): State {
  const given = proposal.state_details ?? {};
  const details = { ...EMPTY_STATE_DETAILS };
  for (const key of Object.keys(details) as (keyof StateDetails)[]) {
    if (given[key] !== undefined) Object.assign(details, { [key]: given[key] });
  }
  if (proposal.type === 'SCHEDULED') details.scheduled_time ??= timestamp;
  return {
    id,
    type: proposal.type,
    name: proposal.name ?? defaultStateName(proposal.type),
    timestamp,
    message: proposal.message ?? null,
    data: proposal.data ?? null,
    state_details: details,
  };
}
