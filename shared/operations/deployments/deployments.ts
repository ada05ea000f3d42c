import type { DeploymentCreate, DeploymentUpdate } from '../../api/schemas/deployments.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { ClientError, notFound } from '../../domain/errors.ts';
import type { Labels } from '../../domain/flow-run.ts';
import { newSchedules, patchedSchedules, type ScheduleOrigin } from '../../domain/schedules/deployment-schedules.ts';
import { versioned, withKnownIds } from '../../domain/schedules/versions.ts';
import { isPushPool, type WorkPool } from '../../domain/work-pool.ts';
import { type App, toTimestamp } from '../app.ts';
import { announceDeployment, announceDeploymentUpdate } from '../events/status-events.ts';
import { trySettleSchedules } from '../schedules/settle-schedules.ts';
import { readWorkPoolByName } from '../work-pools/work-pools.ts';
import { checkBlocks, checkUpdatedParameters, hydrateUpdatedParameters } from './deployment-checks.ts';
import { checkSharedLimit, deploymentLimitId, settleDeploymentLimit } from './deployment-concurrency.ts';
import { NO_PLACE, namedPlace, type Place } from './deployment-queue.ts';
import { type DeploymentResponse, deploymentResponse } from './deployment-response.ts';
import { checkJobVariables } from './job-variables.ts';
import { foundDeployment, readDeployment } from './read-deployment.ts';

/**
 * `POST /deployments/`: creates a deployment, or changes the one of the same flow and name in the keys that are present
 * (prefect-api 5.1). Its schedules are replaced; those that are the same keep their ids and upcoming runs. May be repeated.
 */
export async function createDeployment(
  app: App,
  body: DeploymentCreate,
): Promise<{ doc: DeploymentResponse; created: boolean }> {
  const pool = body.work_pool_name ? await readWorkPoolByName(app, body.work_pool_name) : null;
  if (pool && Object.keys(body.job_variables ?? {}).length > 0) {
    await checkJobVariables(app, pool.base_job_template, [body.job_variables], {
      prefix: 'Error creating deployment',
      ignoreRequired: true,
    });
  }
  await checkSharedLimit(app, body.global_concurrency_limit_id);
  await checkBlocks(app, body);
  const flow = await app.store.flows.get(body.flow_id);
  if (!flow) {
    const message = `Flow ${body.flow_id} does not exist. Create it with POST /flows/ first.`;
    throw new ClientError('conflict', message);
  }
  const place = await namedPlace(app, pool, body.work_queue_name);
  const labels = { ...flow.labels, 'prefect.flow.id': flow.id, ...body.labels };
  const existing = await app.store.deployments.getByFlowAndName(flow.id, body.name);
  if (!existing) {
    const { doc, created } = await app.store.deployments.create(newDeployment(app, body, labels, place, pool));
    if (created) {
      await settleDeploymentLimit(app, doc, null);
      await trySettleSchedules(app, doc);
      await announceDeployment(app, 'created', doc);
      return { doc: await deploymentResponse(app, doc), created };
    }
  }
  const id = existing?.id ?? (await app.store.deployments.getByFlowAndName(flow.id, body.name))?.id ?? '';
  const before = foundDeployment(await app.store.deployments.get(id));
  const limitBefore = await deploymentLimitId(app, before);
  const doc = foundDeployment(
    await app.store.deployments.update(id, (stored) => upserted(app, stored, body, labels, place, pool)),
  );
  await settleDeploymentLimit(app, doc, existing);
  await trySettleSchedules(app, doc);
  await announceDeploymentUpdate(app, before, doc, limitBefore);
  return { doc: await deploymentResponse(app, doc), created: false };
}

export async function readDeploymentAnswer(app: App, id: string): Promise<DeploymentResponse> {
  return deploymentResponse(app, await readDeployment(app, id));
}

export async function readDeploymentByName(
  app: App,
  flowName: string,
  deploymentName: string,
): Promise<DeploymentResponse> {
  const flow = await app.store.flows.getByName(flowName);
  const deployment = flow && (await app.store.deployments.getByFlowAndName(flow.id, deploymentName));
  return deploymentResponse(app, foundDeployment(deployment));
}

/** `PATCH /deployments/{id}` (prefect-api 5.2): applies the keys present; upcoming runs that this changes are made anew. */
export async function updateDeployment(app: App, id: string, body: DeploymentUpdate): Promise<void> {
  const before = await app.store.deployments.get(id);
  if (!before) throw notFound('Deployment not found.');
  const given = body.schedules;
  if (given) patchedSchedules(before.schedules, given, origin(app, id));
  const pool = body.work_pool_name ? await readWorkPoolByName(app, body.work_pool_name) : null;
  if (pool && body.job_variables) {
    await checkJobVariables(app, pool.base_job_template, [body.job_variables], {
      prefix: 'Error updating deployment',
      ignoreRequired: true,
    });
  }
  const parameters = body.parameters ? await hydrateUpdatedParameters(app, body.parameters) : null;
  checkUpdatedParameters(before, body, parameters);
  await checkSharedLimit(app, body.global_concurrency_limit_id);
  await checkBlocks(app, body, 'updating');
  const unplaced = body.work_pool_name === null;
  const place = unplaced ? NO_PLACE : await namedPlace(app, pool, body.work_queue_name);
  const now = toTimestamp(app.clock.now());
  const limitBefore = await deploymentLimitId(app, before);
  const updated = await app.store.deployments.update(id, (stored) =>
    versioned(
      {
        ...stored,
        ...commonFields(body),
        ...(place && placed(stored, place, pool)),
        parameters: parameters ?? stored.parameters,
        job_variables: body.job_variables ?? stored.job_variables,
        enforce_parameter_schema: body.enforce_parameter_schema ?? stored.enforce_parameter_schema,
        schedules: given ? patchedSchedules(stored.schedules, given, origin(app, id)) : stored.schedules,
        updated: now,
      },
      now,
    ),
  );
  if (!updated) throw notFound('Deployment not found.');
  await settleDeploymentLimit(app, updated, before);
  await trySettleSchedules(app, updated);
  await announceDeploymentUpdate(app, before, updated, limitBefore);
}

/** Pauses or resumes the schedules of a deployment; pausing takes their runs away, overdue ones too. Manual runs go on. */
export async function setDeploymentPaused(app: App, id: string, paused: boolean): Promise<void> {
  const updated = toTimestamp(app.clock.now());
  const doc = foundDeployment(
    await app.store.deployments.update(id, (stored) => versioned({ ...stored, paused, updated }, updated)),
  );
  await trySettleSchedules(app, doc);
}

function newDeployment(
  app: App,
  body: DeploymentCreate,
  labels: Labels,
  place: Place | null,
  pool: WorkPool | null,
): Deployment {
  const id = app.clock.newId();
  const created = toTimestamp(app.clock.now());
  const made: Deployment = {
    id,
    created,
    updated: created,
    name: body.name,
    flow_id: body.flow_id,
    ...BLANK,
    ...commonFields(body),
    labels,
    ...(place ?? NO_PLACE),
    status: pool && isPushPool(pool.type) ? 'READY' : 'NOT_READY',
    schedules: newSchedules(body.schedules, origin(app, id)),
    parameters: body.parameters,
    job_variables: body.job_variables ?? {},
    enforce_parameter_schema: body.enforce_parameter_schema ?? true,
  };
  return versioned(made, created);
}

function upserted(
  app: App,
  stored: Deployment,
  body: DeploymentCreate,
  labels: Labels,
  place: Place | null,
  pool: WorkPool | null,
): Deployment {
  const updated = toTimestamp(app.clock.now());
  const changed: Deployment = {
    ...stored,
    ...commonFields(body),
    ...(place && placed(stored, place, pool)),
    labels,
    schedules: withKnownIds(newSchedules(body.schedules, origin(app, stored.id)), stored.schedules),
    parameters: body.parameters,
    job_variables: body.job_variables ?? stored.job_variables,
    enforce_parameter_schema: body.enforce_parameter_schema ?? stored.enforce_parameter_schema,
    updated,
  };
  return versioned(changed, updated);
}

/** A deployment of a push pool needs no worker to be ready. */
function placed(stored: Deployment, place: Place, pool: WorkPool | null): Place & Pick<Deployment, 'status'> {
  const moved = place.work_pool_id !== stored.work_pool_id;
  const status = pool && isPushPool(pool.type) ? 'READY' : moved ? 'NOT_READY' : stored.status;
  return { ...place, status };
}

const COMMON = [
  'version',
  'description',
  'paused',
  'concurrency_limit',
  'concurrency_options',
  'global_concurrency_limit_id',
  'parameter_openapi_schema',
  'tags',
  'path',
  'pull_steps',
  'entrypoint',
  'storage_document_id',
  'infrastructure_document_id',
] as const;

/** The fields that are stored as they are sent, as far as they are present. A limit of its own ends a shared one. */
function commonFields(body: DeploymentCreate | DeploymentUpdate): Partial<Deployment> {
  const given: Partial<Deployment> = {};
  for (const field of COMMON) if (body[field] !== undefined) Object.assign(given, { [field]: body[field] });
  if (given.concurrency_limit) given.global_concurrency_limit_id = null;
  if (given.global_concurrency_limit_id) given.concurrency_limit = null;
  return given;
}

const BLANK: Omit<
  Deployment,
  'id' | 'created' | 'updated' | 'name' | 'flow_id' | 'labels' | 'schedules' | 'parameters' | 'job_variables'
> = {
  version: null,
  description: null,
  paused: false,
  concurrency_limit: null,
  global_concurrency_limit_id: null,
  concurrency_options: null,
  tags: [],
  ...NO_PLACE,
  last_polled: null,
  parameter_openapi_schema: {},
  path: null,
  pull_steps: [],
  entrypoint: null,
  storage_document_id: null,
  infrastructure_document_id: null,
  created_by: null,
  updated_by: null,
  status: 'NOT_READY',
  enforce_parameter_schema: true,
};

function origin(app: App, deploymentId: string): ScheduleOrigin {
  const now = app.clock.now();
  return { deploymentId, now, timestamp: toTimestamp(now), newId: () => app.clock.newId() };
}
