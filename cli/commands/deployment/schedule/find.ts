import type { Client } from '../../../../shared/api/client/client.ts';
import type { DeploymentSchedule } from '../../../../shared/domain/deployment.ts';
import { Failure } from '../../../errors.ts';
import { findDeployment } from '../find.ts';

/** A schedule of a deployment by its id or its slug. Throws `Failure` that says what there is. */
export async function findSchedule(
  client: Client,
  deploymentName: string,
  idOrSlug: string,
): Promise<{ deploymentId: string; fullName: string; schedule: DeploymentSchedule }> {
  const { deployment, fullName } = await findDeployment(client, deploymentName);
  const schedules = await client.deployments.schedules(deployment.id);
  const schedule = schedules.find(({ id, slug }) => id === idOrSlug.toLowerCase() || slug === idOrSlug);
  if (schedule) return { deploymentId: deployment.id, fullName, schedule };
  const known = schedules.map(({ id, slug }) => slug ?? id).join(', ');
  throw new Failure(
    `The deployment "${fullName}" has no schedule "${idOrSlug}". ${known === '' ? 'It has none at all.' : `It has: ${known}.`}`,
  );
}
