import { deploymentFlowRunCreate } from '../../api/schemas/deployments.ts';
import { type RunDeploymentInput, runDeploymentInput } from '../../api/schemas/run-deployment.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { ClientError } from '../../domain/errors.ts';
import type { App } from '../app.ts';
import { createFlowRunFromDeployment } from './deployment-flow-runs.ts';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * Makes a run of a deployment for something that happened in the team's account. `eventId` is the idempotency key unless the
 * input names one, so an event that is delivered twice makes one run. Throws `ClientError` saying what is wrong with the input.
 */
export async function runDeployment(
  app: App,
  input: unknown,
  eventId: string,
): Promise<{ flow_run_id: string; created: boolean }> {
  const asked = parsed(input);
  const deployment = await find(app, asked.deployment);
  const { name, parameters, tags, job_variables, idempotency_key = eventId } = asked;
  const body = deploymentFlowRunCreate.parse({ name, parameters, tags, job_variables, idempotency_key });
  const { doc, created } = await createFlowRunFromDeployment(app, { kind: 'system' }, deployment.id, body);
  return { flow_run_id: doc.id, created };
}

function parsed(input: unknown): RunDeploymentInput {
  const result = runDeploymentInput.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') return `it knows no ${issue.keys.join(', ')}`;
    return `"${issue.path.join('.') || 'the input'}" ${issue.path.length > 0 && valueAt(input, issue.path) === undefined ? 'is missing' : `is not valid (${issue.message})`}`;
  });
  throw new ClientError(
    'invalid',
    `run-deployment was given something else than {"deployment": "flow/name", "parameters": {…}, "tags": […], "job_variables": {…}, "idempotency_key": "…"}: ${problems.join('; ')}. Look at the input of the rule or schedule that called it.`,
  );
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);

async function find(app: App, reference: string): Promise<Deployment> {
  const deployment = UUID.test(reference)
    ? await app.store.deployments.get(reference.toLowerCase())
    : await byName(app, reference);
  if (deployment) return deployment;
  throw new ClientError(
    'not-found',
    `There is no deployment "${reference}". Name it as flow/deployment ("prefect deployment ls" lists them) or by its id.`,
  );
}

async function byName(app: App, reference: string): Promise<Deployment | null> {
  const slash = reference.indexOf('/');
  const flow = slash < 0 ? null : await app.store.flows.getByName(reference.slice(0, slash));
  return flow && app.store.deployments.getByFlowAndName(flow.id, reference.slice(slash + 1));
}
