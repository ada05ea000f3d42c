import type { Deployment } from '../deployment.ts';
import type { Flow } from '../flow.ts';
import type { JsonObject } from '../json/json.ts';
import type { WorkPool, WorkQueue } from '../work-pool.ts';
import { changedFields } from './changed-fields.ts';
import type { Event, Resource } from './event.ts';
import type { Change, Stamp } from './lifecycle-events.ts';
import { kebab, poolResource, queueResource } from './work-pool-events.ts';

/** What an event of a deployment says about its surroundings; null where there is none. */
export interface DeploymentSurroundings {
  readonly flow: Pick<Flow, 'id' | 'name'> | null;
  readonly queue: Pick<WorkQueue, 'id' | 'name'> | null;
  readonly pool: Pick<WorkPool, 'id' | 'name' | 'type'> | null;
  /** The limit that holds its runs, its own or a shared one. */
  readonly limitId: string | null;
}

export function deploymentEvent(
  stamp: Stamp,
  change: Exclude<Change, 'updated'>,
  deployment: Deployment,
  around: DeploymentSurroundings,
): Event {
  return event(stamp, change, deployment, around);
}

export function deploymentStatusEvent(stamp: Stamp, deployment: Deployment, around: DeploymentSurroundings): Event {
  return event(stamp, kebab(deployment.status), deployment, around);
}

/** The fields whose change is told, in Prefect's spelling where it has another. */
const FIELDS = [
  'description',
  'tags',
  'parameters',
  'parameter_openapi_schema',
  'enforce_parameter_schema',
  'entrypoint',
  'path',
  'pull_steps',
  'work_queue_id',
  'job_variables',
  'paused',
  'labels',
  'version',
  'concurrency_limit_id',
  'concurrency_options',
] as const;
const SPELLED: Readonly<Record<string, string>> = { job_variables: 'infra_overrides' };

type Limited = Deployment & { readonly concurrency_limit_id: string | null };

/** Null when nothing changed that is worth an event. */
export function deploymentUpdatedEvent(
  stamp: Stamp,
  before: Limited,
  after: Limited,
  around: DeploymentSurroundings,
): Event | null {
  const payload = changedFields(before, after, FIELDS, (field) => SPELLED[field] ?? field);
  return payload && event(stamp, 'updated', after, around, payload);
}

function event(
  stamp: Stamp,
  what: string,
  deployment: Deployment,
  around: DeploymentSurroundings,
  payload: JsonObject = {},
): Event {
  return {
    ...stamp,
    event: `prefect.deployment.${what}`,
    resource: {
      'prefect.resource.id': `prefect.deployment.${deployment.id}`,
      'prefect.resource.name': deployment.name,
    },
    related: related(deployment, around),
    payload,
    follows: null,
  };
}

function related(deployment: Deployment, { flow, queue, pool, limitId }: DeploymentSurroundings): Resource[] {
  const block = (id: string | null, role: string): Resource | null =>
    id === null ? null : { 'prefect.resource.id': `prefect.block-document.${id}`, 'prefect.resource.role': role };
  return [
    flow && {
      'prefect.resource.id': `prefect.flow.${flow.id}`,
      'prefect.resource.name': flow.name,
      'prefect.resource.role': 'flow',
    },
    queue && queueResource(queue),
    pool && poolResource(pool),
    block(deployment.storage_document_id, 'storage'),
    block(deployment.infrastructure_document_id, 'infrastructure'),
    limitId === null
      ? null
      : {
          'prefect.resource.id': `prefect.concurrency-limit.${limitId}`,
          'prefect.resource.role': 'concurrency-limit',
        },
  ].filter((resource) => resource !== null);
}
