import type { Deployment } from '../../domain/deployment.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import { overduePolicy, skippedAsOverdue } from '../../domain/schedules/overdue.ts';
import { stands } from '../../domain/schedules/versions.ts';
import { type App, timestamp } from '../app.ts';
import { transitionFlowRun } from '../flow-runs/flow-run-transition.ts';
import { deleteScheduledRun, isUntouched } from './scheduled-runs.ts';

/**
 * Looks whether a scheduled run that is due may still start. One of a schedule that was changed, paused or deleted meanwhile is
 * taken away (rule 15); one that is long overdue is skipped where its deployment asks for that. True when it shall not start.
 * May be repeated. Only runs that nobody has begun are looked at.
 */
export async function passedOver(
  app: App,
  doc: FlowRunDocument,
  readDeployment: (id: string) => Promise<Deployment | null> = (id) => app.store.deployments.get(id),
): Promise<boolean> {
  const by = doc.life.schedule;
  const due = doc.run.next_scheduled_start_time;
  if (!by || !due || !isUntouched(doc) || doc.life.phase !== 'waiting') return false;
  const deployment = doc.run.deployment_id ? await readDeployment(doc.run.deployment_id) : null;
  if (!stands(deployment, by, doc.run.expected_start_time ?? due)) return deleteScheduledRun(app, doc.id);
  const schedule = deployment?.schedules.find(({ id }) => id === by.id);
  if (!deployment || !schedule) return false;
  const why = skippedAsOverdue(overduePolicy(deployment.tags), schedule.schedule, due, timestamp(app));
  if (why === null) return false;
  const skipped = await transitionFlowRun(
    app,
    { kind: 'system' },
    doc.id,
    { type: 'CANCELLED', name: 'Skipped', message: why },
    { unless: (current) => !isUntouched(current) },
  );
  return skipped.changed;
}
