import type { DeploymentFlowRunCreate } from '../../api/schemas/deployments.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { ClientError, PushpoolError } from '../../domain/errors.ts';
import type { CreatedBy, FlowRun } from '../../domain/flow-run.ts';
import type { JsonObject } from '../../domain/json/json.ts';
import { validateAgainstSchema, violationSentence } from '../../domain/json/json-schema.ts';
import { HydrationError } from '../../domain/parameters/hydration.ts';
import type { Principal } from '../../domain/principal.ts';
import { runName } from '../../domain/run-names.ts';
import type { WorkPool, WorkQueue } from '../../domain/work-pool.ts';
import type { App } from '../app.ts';
import type { NewFlowRun } from '../flow-runs/create-flow-run.ts';
import { createOnce } from '../flow-runs/create-once.ts';
import { type FlowRunResponse, flowRunResponse } from '../flow-runs/flow-run-response.ts';
import { ensureWorkQueue } from '../work-pools/work-queues.ts';
import { hydrateWithVariables } from './hydrate-parameters.ts';
import { checkJobVariables } from './job-variables.ts';
import { readDeployment } from './read-deployment.ts';

/**
 * `POST /deployments/{id}/create_flow_run` (prefect-api 5.5, 5.6): a run with the deployment's defaults and the body on top.
 * The same idempotency key returns the first run; without one rule 9 says which repetitions do. Throws 404, 400 for
 * parameters without a value, 409 for parameters and 422 for job variables that do not fit.
 */
export async function createFlowRunFromDeployment(
  app: App,
  principal: Principal,
  deploymentId: string,
  body: DeploymentFlowRunCreate,
  createdBy: CreatedBy | null = null,
): Promise<{ doc: FlowRunResponse; created: boolean }> {
  const deployment = await readDeployment(app, deploymentId);
  const place = await origin(app, deployment);
  const path = `/deployments/${deploymentId}/create_flow_run`;
  const { doc, created } = await createFrom(app, principal, place, { path, body, createdBy }, ONE);
  return { doc: flowRunResponse(doc, app.clock.now()), created };
}

export interface BulkResult {
  flow_run_id: string | null;
  status: 'CREATED' | 'FAILED';
  error: string | null;
}

const BULK_LIMIT = 100;

/** Many runs of one deployment; each stands for itself, a bad one does not keep the others from being made. */
export async function createFlowRunsFromDeployment(
  app: App,
  principal: Principal,
  deploymentId: string,
  bodies: readonly DeploymentFlowRunCreate[],
): Promise<{ results: BulkResult[] }> {
  if (bodies.length > BULK_LIMIT) {
    throw new ClientError('malformed', `Cannot create more than ${BULK_LIMIT} flow runs at once.`);
  }
  const deployment = await origin(app, await readDeployment(app, deploymentId));
  const results: BulkResult[] = [];
  for (const [index, body] of bodies.entries()) {
    const path = `/deployments/${deploymentId}/create_flow_run/bulk/${index}`;
    try {
      const { doc } = await createFrom(app, principal, deployment, { path, body }, MANY);
      results.push({ flow_run_id: doc.id, status: 'CREATED', error: null });
    } catch (error) {
      if (!(error instanceof PushpoolError)) throw error;
      results.push({ flow_run_id: null, status: 'FAILED', error: error.message });
    }
  }
  return { results };
}

/** A deployment with the queue and pool that its runs go to, as they are now. */
interface Origin {
  readonly deployment: Deployment;
  readonly queue: WorkQueue | null;
  readonly pool: WorkPool | null;
}

async function origin(app: App, deployment: Deployment): Promise<Origin> {
  const { work_queue_id, work_pool_id } = deployment;
  const [queue, pool] = await Promise.all([
    work_queue_id ? app.store.workQueues.get(work_queue_id) : null,
    work_pool_id ? app.store.workPools.get(work_pool_id) : null,
  ]);
  return { deployment, queue: pool && queue, pool: queue && pool };
}

async function createFrom(
  app: App,
  principal: Principal,
  { deployment, pool, queue }: Origin,
  request: { readonly path: string; readonly body: DeploymentFlowRunCreate; readonly createdBy?: CreatedBy | null },
  wording: Wording,
): Promise<{ doc: FlowRun; created: boolean }> {
  const { body } = request;
  const parameters = await hydrated(app, { ...deployment.parameters, ...body.parameters }, wording);
  if (body.enforce_parameter_schema ?? deployment.enforce_parameter_schema) {
    checkParameters(deployment, parameters, wording);
  }
  if (pool) {
    await checkJobVariables(app, pool.base_job_template, [deployment.job_variables, body.job_variables], {
      prefix: 'Error creating flow run',
      ignoreRequired: false,
    });
  }
  const run: NewFlowRun = {
    name: body.name || runName(Math.random),
    flow_id: deployment.flow_id,
    deployment_id: deployment.id,
    deployment_version: deployment.version,
    parameters,
    context: body.context,
    tags: [...new Set([...deployment.tags, ...body.tags])],
    labels: {
      ...deployment.labels,
      'prefect.flow.id': deployment.flow_id,
      'prefect.deployment.id': deployment.id,
      ...body.labels,
    },
    idempotency_key: body.idempotency_key ?? null,
    parent_task_run_id: body.parent_task_run_id ?? null,
    job_variables: body.job_variables ?? {},
    infrastructure_document_id: body.infrastructure_document_id ?? deployment.infrastructure_document_id,
    created_by: request.createdBy ?? null,
    ...(body.empirical_policy && { empirical_policy: body.empirical_policy }),
    ...(await placeOfRun(app, { deployment, pool, queue }, body.work_queue_name)),
    state: body.state ?? { type: 'SCHEDULED' },
  };
  return createOnce(app, principal, run, request);
}

/** The queue that the body names, made if it is missing, or else the deployment's. */
async function placeOfRun(app: App, { deployment, pool, queue }: Origin, name: string | null | undefined) {
  if (name && !pool) {
    throw new ClientError(
      'malformed',
      `Cannot create flow run in work queue ${name} because deployment ${deployment.id} is not associated with a work pool. Please remove work_pool_name and try again.`,
    );
  }
  const chosen = name && pool ? await ensureWorkQueue(app, pool, name) : queue;
  return {
    work_queue_id: chosen?.id ?? null,
    work_queue_name: chosen?.name ?? null,
    work_pool_id: pool?.id ?? null,
    work_pool_name: pool?.name ?? null,
    work_pool_type: pool?.type ?? null,
  };
}

async function hydrated(app: App, parameters: JsonObject, wording: Wording): Promise<JsonObject> {
  try {
    return await hydrateWithVariables(app, parameters);
  } catch (error) {
    if (!(error instanceof HydrationError)) throw error;
    throw new ClientError('malformed', `${wording.hydration}${error.message}`, { cause: error });
  }
}

function checkParameters(deployment: Deployment, parameters: JsonObject, wording: Wording): void {
  const schema = deployment.parameter_openapi_schema;
  if (!schema) throw new ClientError('conflict', wording.noSchema);
  const sentence = violationSentence(validateAgainstSchema(schema, parameters));
  if (sentence) throw new ClientError('conflict', `${wording.parameters}${sentence}`);
}

/** How Prefect words the same faults in its two operations. */
interface Wording {
  readonly hydration: string;
  readonly parameters: string;
  readonly noSchema: string;
}

const ONE: Wording = {
  hydration: 'Error hydrating flow run parameters: ',
  parameters: 'Error creating flow run: ',
  noSchema:
    'Error updating deployment: Cannot update parameters because parameter schema enforcement is enabled and the ' +
    'deployment does not have a valid parameter schema.',
};

const MANY: Wording = {
  hydration: '',
  parameters: 'Parameter validation failed: ',
  noSchema: 'Parameter schema enforcement is enabled but deployment has no valid schema.',
};
