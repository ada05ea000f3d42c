import type { Deployment } from '../../domain/deployment.ts';
import { notFound } from '../../domain/errors.ts';
import type { App } from '../app.ts';

/** The stored deployment. Throws 404. */
export async function readDeployment(app: App, id: string): Promise<Deployment> {
  return foundDeployment(await app.store.deployments.get(id));
}

export function foundDeployment(deployment: Deployment | null): Deployment {
  if (!deployment) throw notFound('Deployment not found');
  return deployment;
}
