import type { Principal } from '../../domain/principal.ts';
import type { App } from '../app.ts';
import { announceDeployment } from '../events/status-events.ts';
import { setFlowRunState } from '../flow-runs/flow-runs.ts';
import { retireSchedules } from '../schedules/schedule-window.ts';
import { deleteScheduledRuns, runsAwaitingSlot } from '../schedules/scheduled-runs.ts';
import { deleteOwnLimit } from './deployment-concurrency.ts';
import { readDeployment } from './read-deployment.ts';

/**
 * Deletes a deployment and its scheduled runs that never ran; runs that wait for one of its slots become Cancelled
 * (rule 10). If it is interrupted, the deployment is still there and the call can be repeated.
 */
export async function deleteDeployment(app: App, id: string): Promise<void> {
  const deployment = await readDeployment(app, id);
  await retireSchedules(app, deployment);
  await deleteScheduledRuns(app, id, { autoScheduledOnly: false, futureOnly: false });
  const waiting = await runsAwaitingSlot(app, id);
  await announceDeployment(app, 'deleted', deployment);
  await app.store.deployments.delete(id);
  await deleteOwnLimit(app, id);
  await deleteScheduledRuns(app, id, { autoScheduledOnly: false, futureOnly: false });
  const system: Principal = { kind: 'system' };
  const proposal = { type: 'CANCELLED', message: 'The deployment of this run was deleted.' } as const;
  for (const runId of waiting) await setFlowRunState(app, system, runId, proposal, { force: true });
}
