import type { FlowRunCreate, FlowRunUpdate } from '../../api/schemas/flow-runs.ts';
import { ClientError, notFound } from '../../domain/errors.ts';
import type { FlowRun, Labels } from '../../domain/flow-run.ts';
import type { FlowRunDocument, FlowRunLife } from '../../domain/flow-run-life.ts';
import type { JsonObject } from '../../domain/json/json.ts';
import type { OrchestrationResult } from '../../domain/orchestration-result.ts';
import type { Principal } from '../../domain/principal.ts';
import { withOldNames } from '../../domain/retry-policy.ts';
import { runName } from '../../domain/run-names.ts';
import type { State, StateProposal } from '../../domain/states.ts';
import { type App, timestamp } from '../app.ts';
import { giveBackLease } from '../concurrency/concurrency-leases.ts';
import { existingPlace } from '../deployments/deployment-queue.ts';
import { keepScheduleGoing } from '../schedules/schedule-window.ts';
import { deleteTaskRunsOf } from '../task-runs/delete-task-runs.ts';
import { createFlowRun } from './create-flow-run.ts';
import { type FlowRunResponse, flowRunResponse } from './flow-run-response.ts';
import { transitionFlowRun } from './flow-run-transition.ts';
import { entomb, mayBeTakingSlots } from './tombstones.ts';

export { createFlowRun, type NewFlowRun } from './create-flow-run.ts';

/**
 * `POST /flow_runs/`: a run without a deployment's defaults, Pending unless a state is given, with a name made up unless one
 * is given. Throws 404 for a pool that is not there.
 */
export async function createPlainFlowRun(
  app: App,
  principal: Principal,
  body: FlowRunCreate,
): Promise<{ doc: FlowRunResponse; created: boolean }> {
  const place = body.work_pool_name ? await existingPlace(app, body.work_pool_name, body.work_queue_name) : null;
  const pool = place?.work_pool_id ? await app.store.workPools.get(place.work_pool_id) : null;
  const { doc, created } = await createFlowRun(app, principal, {
    ...body,
    name: body.name || runName(Math.random),
    labels: { ...(await systemLabels(app, body)), ...body.labels },
    state: body.state ?? { type: 'PENDING' },
    job_variables: body.job_variables ?? {},
    ...place,
    work_pool_type: pool?.type ?? null,
  });
  return { doc: flowRunResponse(doc, app.clock.now()), created };
}

/** What a run inherits: of its deployment, if it names one that is there, else of its flow. */
async function systemLabels(app: App, { flow_id, deployment_id }: FlowRunCreate): Promise<Labels> {
  const deployment = deployment_id && (await app.store.deployments.get(deployment_id));
  if (deployment) {
    return { ...deployment.labels, 'prefect.flow.id': deployment.flow_id, 'prefect.deployment.id': deployment.id };
  }
  return { ...(await app.store.flows.get(flow_id))?.labels, 'prefect.flow.id': flow_id };
}

/** The document of a run; throws 404 for unknown and deleted ones. */
export async function readFlowRunDocument(app: App, id: string): Promise<FlowRunDocument> {
  const doc = await app.store.flowRuns.getLive(id);
  if (!doc) throw notFound('Flow run not found');
  return doc;
}

export async function readFlowRun(app: App, id: string): Promise<FlowRunResponse> {
  return flowRunResponse((await readFlowRunDocument(app, id)).run, app.clock.now());
}

/** Applies the keys present; a name that is null or empty asks for a new one. Job variables may change only while the run is scheduled, and hold until Prepare (rule 12). */
export async function updateFlowRun(app: App, principal: Principal, id: string, body: FlowRunUpdate): Promise<void> {
  if (body.tags) await app.store.flowRuns.addTagPlaces(id, body.tags);
  const newName = runName(Math.random);
  if (body.job_variables != null) await checkRunVariables(app, id, body.job_variables);
  await changeRun(app, id, (run, life) => {
    // Rule 5: an attempt that was superseded writes neither policy nor pid; like its proposals, this is no error of its.
    if (principal.kind === 'run' && principal.flowRunId === id && principal.attempt !== life.attempt) return run;
    if (body.job_variables != null) refuseJobVariables(run);
    const { empirical_policy: policy, job_variables, name, ...given } = body;
    return {
      ...run,
      ...given,
      ...(name !== undefined && { name: name || newName }),
      ...(job_variables !== undefined && { job_variables: job_variables ?? {} }),
      // The client sends the policy as it read it a moment ago; only what the flow itself decides is taken (prefect-api 1d.6),
      // and taken whole: what is missing from it has its default.
      ...(policy && {
        empirical_policy: withOldNames({
          ...run.empirical_policy,
          max_retries: policy.max_retries ?? 0,
          retry_delay_seconds: policy.retry_delay_seconds ?? 0,
          retries: policy.retries ?? null,
          retry_delay: policy.retry_delay ?? null,
        }),
      }),
    };
  });
}

/** Throws 422 for job variables that do not fit the pool of the run's deployment; whether the run may change is asked later. */
async function checkRunVariables(app: App, id: string, jobVariables: JsonObject): Promise<void> {
  const { run } = await readFlowRunDocument(app, id);
  if (run.state_type !== 'SCHEDULED' || run.deployment_id === null) return;
  const deployment = await app.store.deployments.get(run.deployment_id);
  const pool = deployment?.work_pool_id ? await app.store.workPools.get(deployment.work_pool_id) : null;
  if (!deployment || !pool) return;
  const { checkJobVariables } = await import('../deployments/job-variables.ts');
  await checkJobVariables(app, pool.base_job_template, [deployment.job_variables, jobVariables], {
    prefix: 'Error updating flow run',
    ignoreRequired: false,
  });
}

function refuseJobVariables(run: FlowRun): void {
  if (run.state_type !== 'SCHEDULED') {
    const message = `Job variables for a flow run in state ${run.state_type} cannot be updated`;
    throw new ClientError('malformed', message);
  }
  if (run.deployment_id === null) {
    throw new ClientError('malformed', 'A deployment for the flow run could not be found');
  }
}

/** Merges labels into the run's. */
export async function updateFlowRunLabels(app: App, id: string, labels: Labels): Promise<void> {
  if (!(await app.store.flowRuns.getLive(id))) {
    throw new ClientError('not-found', `Flow run with id ${id} not found`, { details: { exception: true } });
  }
  await changeRun(app, id, (run) => ({ ...run, labels: { ...run.labels, ...labels } }));
}

/** A change of the run that is no state change: under its revision, repeated when somebody interferes. Throws 404. */
export async function changeRun(
  app: App,
  id: string,
  change: (run: FlowRun, life: FlowRunLife) => FlowRun,
): Promise<void> {
  const updated = timestamp(app);
  const doc = await app.store.flowRuns.update(id, (current) =>
    current.life.tombstone ? null : { ...current, run: { ...change(current.run, current.life), updated } },
  );
  if (!doc || doc.life.tombstone) throw notFound('Flow run not found');
}

/** `POST /flow_runs/{id}/set_state`: 201 when the run has a new state, 200 when not (prefect-api 0.5). */
export async function setFlowRunState(
  app: App,
  principal: Principal,
  id: string,
  proposal: StateProposal,
  options: { readonly force?: boolean; readonly clientVersion?: string | null } = {},
): Promise<{ result: OrchestrationResult; changed: boolean }> {
  try {
    return await transitionFlowRun(app, principal, id, proposal, options);
  } catch (error) {
    if (error instanceof ClientError && error.kind === 'not-found') {
      throw new ClientError('not-found', error.message, { details: { exception: true } });
    }
    throw error;
  }
}

/** Deletes a run. One with a live attempt becomes a tombstone: gone for everybody, its container stopped first (rule 10). */
export async function deleteFlowRun(app: App, id: string): Promise<void> {
  const doc = await readFlowRunDocument(app, id);
  const containerMayLive = doc.life.phase === 'open' || (doc.life.ref !== null && !doc.life.ended);
  if (doc.life.push !== null && (containerMayLive || mayBeTakingSlots(app, doc))) {
    await entomb(app, id);
    if (!containerMayLive) await armAfterDeleted(app, doc);
    return;
  }
  const lease = doc.run.state?.state_details.deployment_concurrency_lease_id;
  if (lease) await giveBackLease(app, lease);
  await deleteTaskRunsOf(app, id);
  await app.store.flowRuns.delete(id);
  await armAfterDeleted(app, doc);
}

/** A schedule's next run was to be armed by the one that is deleted. */
async function armAfterDeleted(app: App, { run, life }: FlowRunDocument): Promise<void> {
  if (!life.schedule?.armed || !run.deployment_id || run.expected_start_time === null) return;
  await keepScheduleGoing(app, run.deployment_id, life.schedule.id, { past: run.expected_start_time });
}

/** The state history of a run, oldest first; empty for an unknown run, as Prefect answers it. */
export async function readFlowRunStates(app: App, flowRunId: string): Promise<State[]> {
  return (await app.store.flowRuns.getLive(flowRunId))?.states ?? [];
}
