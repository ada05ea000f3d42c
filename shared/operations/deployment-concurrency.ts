import type { Deployment } from '../domain/deployment.ts';
import { notFound } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import type { App } from './app.ts';

/** The limit of a deployment's concurrent runs as answers show it (`global_concurrency_limit`); null when it has none. */
export async function deploymentLimit(_app: App, deployment: Deployment): Promise<JsonObject | null> {
  if (deployment.concurrency_limit === null) return null;
  return {
    id: deployment.id,
    created: deployment.created,
    updated: deployment.updated,
    active: true,
    name: `deployment:${deployment.id}`,
    limit: deployment.concurrency_limit,
    active_slots: 0,
    slot_decay_per_second: 0,
  };
}

/** Throws 404 when a body names a shared limit that does not exist. Limits by name are not kept yet, so none does. */
export async function checkSharedLimit(_app: App, id: string | null | undefined): Promise<void> {
  if (id) throw notFound('Concurrency limit not found');
}
