import type { DeploymentScheduleCreate, DeploymentScheduleUpdate } from '../../api/schemas/schedules.ts';
import type { DeploymentSchedule } from '../../domain/deployment.ts';
import { notFound } from '../../domain/errors.ts';
import {
  assertSlugsDiffer,
  changedSchedule,
  latestFirst,
  newSchedules,
} from '../../domain/schedules/deployment-schedules.ts';
import { versioned } from '../../domain/schedules/versions.ts';
import { type App, toTimestamp } from '../app.ts';
import { trySettleSchedules } from './settle-schedules.ts';

/** The schedules of a deployment, the one changed last first. Throws 404. */
export async function readSchedules(app: App, deploymentId: string): Promise<DeploymentSchedule[]> {
  const deployment = await app.store.deployments.get(deploymentId);
  if (!deployment) throw notFound('Deployment not found.');
  return latestFirst(deployment.schedules);
}

/** Adds schedules. Throws 404, and 409 when a slug is taken. */
export async function addSchedules(
  app: App,
  deploymentId: string,
  given: readonly DeploymentScheduleCreate[],
): Promise<DeploymentSchedule[]> {
  const now = app.clock.now();
  const origin = { deploymentId, now, timestamp: toTimestamp(now), newId: () => app.clock.newId() };
  const added = newSchedules(given, origin);
  await changeSchedules(app, deploymentId, (schedules) => [...schedules, ...added]);
  return added;
}

/** Changes what is given and not null; its upcoming runs are made anew when that changes them. Throws 404. */
export async function updateSchedule(
  app: App,
  deploymentId: string,
  scheduleId: string,
  given: DeploymentScheduleUpdate,
): Promise<void> {
  const now = app.clock.now();
  const origin = { now, timestamp: toTimestamp(now) };
  await changeSchedules(app, deploymentId, (schedules) => {
    if (!schedules.some(({ id }) => id === scheduleId)) throw notFound('Schedule not found.');
    return schedules.map((schedule) =>
      schedule.id === scheduleId ? changedSchedule(schedule, given, origin) : schedule,
    );
  });
}

/** Removes a schedule and the runs it made that have not begun. Throws 404. */
export async function deleteSchedule(app: App, deploymentId: string, scheduleId: string): Promise<void> {
  await changeSchedules(app, deploymentId, (schedules) => {
    const kept = schedules.filter(({ id }) => id !== scheduleId);
    if (kept.length === schedules.length) throw notFound('Schedule not found.');
    return kept;
  });
}

async function changeSchedules(
  app: App,
  deploymentId: string,
  change: (schedules: DeploymentSchedule[]) => DeploymentSchedule[],
): Promise<void> {
  const updated = toTimestamp(app.clock.now());
  const deployment = await app.store.deployments.update(deploymentId, (stored) => {
    const schedules = change(stored.schedules);
    assertSlugsDiffer(schedules);
    return versioned({ ...stored, schedules, updated }, updated);
  });
  if (!deployment) throw notFound('Deployment not found.');
  await trySettleSchedules(app, deployment);
}
