import { DEFAULT_FLOW_RUN_POLICY, type FlowRun, type FlowRunPolicy } from '../../../../shared/domain/flow-run.ts';
import {
  bornWithState,
  type FlowRunFacts,
  type FlowRunTransition,
  orchestrateFlowRun,
} from '../../../../shared/domain/orchestration/flow-runs.ts';
import type { StateProposal } from '../../../../shared/domain/states.ts';

export const NOW = new Date('2026-11-24T12:00:00.000Z');
export const FACTS: FlowRunFacts = { deploymentExists: true, clientVersion: '3.8.8' };
export const PAST = '2020-01-01T00:00:00.000000Z';
export const FUTURE = '2030-01-01T00:00:00.000000Z';

let ids = 0;
export const newId = (): string => `00000000-0000-7000-8000-${String(++ids).padStart(12, '0')}`;

/** A run with a deployment, born in the state given; without one it has no state at all. */
export function runIn(
  proposed: StateProposal | null,
  given: Partial<FlowRun> = {},
  policy: Partial<FlowRunPolicy> = {},
): FlowRun {
  const blank = { ...BLANK, ...given, empirical_policy: { ...DEFAULT_FLOW_RUN_POLICY, ...policy } };
  if (!proposed) return blank;
  return bornWithState({ run: blank, proposed, facts: FACTS, now: new Date(NOW.getTime() - 60_000), newId }).run;
}

export interface ProposeOptions {
  force?: boolean;
  facts?: Partial<FlowRunFacts>;
  now?: Date;
}

export function propose(run: FlowRun, proposed: StateProposal, options: ProposeOptions = {}): FlowRunTransition {
  const { force = false, facts = {}, now = NOW } = options;
  return orchestrateFlowRun({ run, proposed, force, facts: { ...FACTS, ...facts }, now, newId });
}

/** What clients look at: status, the state's name, and the reason. */
export function answer({ result, state }: FlowRunTransition): unknown[] {
  const reason = 'reason' in result.details ? result.details.reason : null;
  return [state ? 201 : 200, result.status, result.state?.name, ...(reason === null ? [] : [reason])];
}

const BLANK: FlowRun = {
  id: 'aaaaaaaa-0000-4000-8000-000000000001',
  created: PAST,
  updated: PAST,
  name: 'brave-otter',
  flow_id: 'aaaaaaaa-0000-4000-8000-000000000002',
  state_id: null,
  deployment_id: 'aaaaaaaa-0000-4000-8000-000000000003',
  deployment_version: null,
  work_queue_id: null,
  work_queue_name: null,
  work_pool_id: null,
  work_pool_name: null,
  flow_version: null,
  parameters: {},
  idempotency_key: null,
  context: {},
  empirical_policy: DEFAULT_FLOW_RUN_POLICY,
  tags: [],
  labels: {},
  parent_task_run_id: null,
  state_type: null,
  state_name: null,
  state_timestamp: null,
  run_count: 0,
  expected_start_time: null,
  next_scheduled_start_time: null,
  start_time: null,
  end_time: null,
  total_run_time: 0,
  auto_scheduled: false,
  infrastructure_document_id: null,
  infrastructure_pid: null,
  created_by: null,
  job_variables: {},
  state: null,
};
