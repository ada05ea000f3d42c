import type { Deployment } from '../../domain/deployment.ts';
import { notFound } from '../../domain/errors.ts';
import type { App } from '../app.ts';
import {
  changeLimit,
  type LimitResponse,
  limitResponse,
  newLimit,
  removeLimit,
} from '../concurrency/concurrency-limits.ts';
import { ownerOf } from '../concurrency/slot-owners.ts';
import { deploymentLimitName, limitOfDeployment } from '../concurrency/slot-places.ts';
import { wakeNext } from '../concurrency/slot-wakes.ts';

type Limited = Pick<Deployment, 'concurrency_limit' | 'global_concurrency_limit_id'>;

/** The limit of a deployment's concurrent runs as answers show it (`global_concurrency_limit`); null when it has none. */
export async function deploymentLimit(app: App, deployment: Deployment): Promise<LimitResponse | null> {
  const limit = await limitOfDeployment(app, deployment);
  return limit && limitResponse(app, limit.doc);
}

/** Its id, be it its own limit or a shared one. */
export async function deploymentLimitId(app: App, deployment: Deployment): Promise<string | null> {
  return (await limitOfDeployment(app, deployment))?.doc.id ?? null;
}

/** Throws 404 when a body names a shared limit that does not exist. */
export async function checkSharedLimit(app: App, id: string | null | undefined): Promise<void> {
  if (id && !(await app.store.concurrencyLimits.get(id))) throw notFound('Concurrency limit not found');
}

/**
 * Makes a deployment's own limit follow the deployment: the limit named `deployment:<id>` in Prefect's second API. Who waits
 * for a limit that it has no more looks again. A deployment without a limit before and after costs nothing. May be repeated.
 */
export async function settleDeploymentLimit(app: App, after: Deployment, before: Limited | null): Promise<void> {
  const name = deploymentLimitName(after.id);
  if (after.concurrency_limit !== null) {
    const limit = after.concurrency_limit;
    const { doc, created } = await app.store.concurrencyLimits.create(newLimit(app, { name, limit }));
    if (!created && doc.limit !== limit) await changeLimit(app, doc.id, { limit });
  } else if (before?.concurrency_limit != null) {
    await deleteOwnLimit(app, after.id);
  }
  const shared = before?.global_concurrency_limit_id;
  if (shared && shared !== after.global_concurrency_limit_id) await wakeNext(app, ownerOf('limit', shared));
}

/** Deletes what a deleted deployment leaves: its own limit, never a shared one. May be repeated. */
export async function deleteOwnLimit(app: App, deploymentId: string): Promise<void> {
  const own = await app.store.concurrencyLimits.getByName(deploymentLimitName(deploymentId));
  if (own) await removeLimit(app, own);
}
