import { ClientError, ConflictError } from '../../domain/errors.ts';
import { DEFAULT_FLOW_RUN_POLICY, type FlowRun } from '../../domain/flow-run.ts';
import { type Effect, type FlowRunDocument, lateTimerOf, newLife, stateEvent } from '../../domain/flow-run-life.ts';
import { orchestrateFlowRun } from '../../domain/orchestration/flow-runs.ts';
import type { Principal } from '../../domain/principal.ts';
import { withOldNames } from '../../domain/retry-policy.ts';
import type { StateProposal } from '../../domain/states.ts';
import { type App, timestamp } from '../app.ts';
import { actionDepth } from '../automations/action-depth.ts';
import { performEffects } from './pending-effects.ts';

/** What the creator decides; everything else follows. `state` may be any: a run can be born RUNNING or COMPLETED. */
export type NewFlowRun = Pick<FlowRun, 'name' | 'flow_id' | 'parameters' | 'tags' | 'labels'> &
  Partial<
    Pick<
      FlowRun,
      | 'context'
      | 'deployment_id'
      | 'deployment_version'
      | 'idempotency_key'
      | 'parent_task_run_id'
      | 'job_variables'
      | 'work_queue_id'
      | 'work_queue_name'
      | 'work_pool_id'
      | 'work_pool_name'
      | 'infrastructure_document_id'
      | 'auto_scheduled'
      | 'created_by'
      | 'flow_version'
    >
  > & {
    readonly empirical_policy?: Partial<FlowRun['empirical_policy']>;
    readonly state: StateProposal;
    /** Chosen beforehand by whoever must be able to repeat the creation; new otherwise. */
    readonly id?: string;
    /** The type of the run's own work pool, when it has one (rule 12). */
    readonly work_pool_type?: string | null;
  };

/**
 * Stores a flow run with its first state and starts its execution when its pool is a push pool. The same idempotency key of
 * the same flow returns the first run with `created: false` and redoes what that one still owes (rule 2). Once the run is
 * stored the answer is success (rule 3). Throws 409 when the flow or the parent task run does not exist.
 */
export async function createFlowRun(
  app: App,
  principal: Principal,
  input: NewFlowRun,
): Promise<{ doc: FlowRun; created: boolean }> {
  const { flow_id, parent_task_run_id: parent } = input;
  const [flow, parentTaskRun] = await Promise.all([
    app.store.flows.get(flow_id),
    parent ? app.store.taskRuns.get(parent) : null,
  ]);
  if (!flow) throw new ClientError('conflict', `Flow ${flow_id} does not exist. Create it with POST /flows/ first.`);
  if (parent && !parentTaskRun) {
    throw new ClientError('conflict', `Task run ${parent} does not exist, so no flow run can be its child.`);
  }
  const { doc, created, stored } = await createOrFind(app, born(app, principal, input));
  if (doc.life.pending.length > 0) await performEffects(app, stored);
  return { doc: doc.run, created };
}

async function createOrFind(app: App, doc: FlowRunDocument) {
  try {
    return await app.store.flowRuns.create(doc);
  } catch (error) {
    const existing = error instanceof ConflictError ? await app.store.flowRuns.read(doc.id) : null;
    if (!existing) throw error;
    return { doc: existing.doc, created: false, stored: existing };
  }
}

/** The document of a new run, as `force` makes it: the first state is not questioned (prefect-api 4.7). */
export function born(app: App, principal: Principal, input: NewFlowRun): FlowRunDocument {
  const now = timestamp(app);
  const { state: proposed, work_pool_type, empirical_policy, ...given } = input;
  const blank: FlowRun = { ...BLANK, ...given, id: input.id ?? app.clock.newId(), created: now, updated: now };
  const { run, state } = orchestrateFlowRun({
    run: { ...blank, empirical_policy: withOldNames({ ...DEFAULT_FLOW_RUN_POLICY, ...empirical_policy }) },
    proposed,
    force: true,
    facts: { deploymentExists: blank.deployment_id !== null, clientVersion: null },
    now: app.clock.now(),
    newId: () => app.clock.newId(),
  });
  const creator = principal.kind === 'run' ? principal.flowRunId : null;
  const depth = actionDepth();
  const blankLife = newLife(work_pool_type?.endsWith(':push') ? work_pool_type : null, creator);
  const life = depth > 0 ? { ...blankLife, depth } : blankLife;
  const pending: Effect[] = state ? [stateEvent(life, state, depth)] : [];
  if (state && run.parent_task_run_id) pending.push({ kind: 'mirror-state', stateId: state.id });
  if (life.push && state?.type === 'SCHEDULED') pending.push({ kind: 'start', attempt: 1, generation: 1 });
  if (!life.push && state) pending.push(...lateTimerOf(state));
  return { id: run.id, run, states: state ? [state] : [], life: { ...life, pending } };
}

const BLANK: Omit<FlowRun, 'id' | 'created' | 'updated' | 'name' | 'flow_id' | 'parameters' | 'tags' | 'labels'> = {
  state_id: null,
  deployment_id: null,
  deployment_version: null,
  work_queue_id: null,
  work_queue_name: null,
  flow_version: null,
  idempotency_key: null,
  context: {},
  empirical_policy: DEFAULT_FLOW_RUN_POLICY,
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
  work_pool_id: null,
  work_pool_name: null,
  job_variables: {},
  state: null,
};
