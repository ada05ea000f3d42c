import type { Deployment } from '../../domain/deployment.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import { stands } from '../../domain/schedules/versions.ts';
import { type App, timestamp } from '../app.ts';
import { liveSchedule } from './schedule-runs.ts';
import { advanceSchedule, retireSchedule } from './schedule-window.ts';
import { deleteScheduledRun, isUntouched } from './scheduled-runs.ts';

/**
 * Makes runs follow a change of a deployment's schedules: takes away those of versions that no longer count, makes those of
 * the new one, arms the first. The change itself is stored before and marked, so what fails here is done by the repair
 * (rule 2). May be repeated and interrupted.
 */
export async function settleSchedules(app: App, deploymentId: string): Promise<void> {
  const deployment = await app.store.deployments.get(deploymentId);
  if (!deployment?.schedules_unsettled) return;
  const changed = await changedSchedules(app, deployment);
  const taken = await removeOutdatedRuns(app, deployment, changed);
  for (const id of changed) {
    const live = liveSchedule(deployment, id);
    if (live) await advanceSchedule(app, live, { taken: taken.get(id) ?? new Set() });
    else await retireSchedule(app, id);
  }
  await settled(app, deployment);
}

/** The same after a write whose answer is success whatever becomes of this. */
export async function trySettleSchedules(app: App, deployment: Deployment): Promise<void> {
  if (!deployment.schedules_unsettled) return;
  try {
    await settleSchedules(app, deployment.id);
  } catch (error) {
    // The mark stays on the deployment and the repair tries again.
    app.log({ message: 'schedules settled later', deployment_id: deployment.id, error: String(error) });
  }
}

/** Schedules whose runs are not yet those of their version. */
async function changedSchedules(app: App, { schedule_versions = {} }: Deployment): Promise<string[]> {
  const ids = Object.keys(schedule_versions);
  const { scheduleProgress } = app.store;
  const progress = new Map((await scheduleProgress.getMany(ids)).map((one) => [one.id, one]));
  return ids.filter((id) => {
    const known = progress.get(id);
    return schedule_versions[id]!.live ? known?.version !== schedule_versions[id]!.version : true;
  });
}

/**
 * Deletes the runs that no longer stand. Answers the times, by schedule, whose runs were begun under an older version
 * although the new one counts from before: those must not be run twice.
 */
async function removeOutdatedRuns(
  app: App,
  deployment: Deployment,
  changed: readonly string[],
): Promise<Map<string, Set<string>>> {
  const versions = changed.map((id) => deployment.schedule_versions![id]!);
  const now = timestamp(app);
  const [from = now] = [now, ...versions.filter(({ live }) => live).map(({ since }) => since)].sort();
  const taken = new Map<string, Set<string>>();
  // Read to the end first: what is deleted while a list is read moves its pages.
  const listed: FlowRunDocument[] = [];
  for await (const doc of app.store.flowRuns.ofDeployment(deployment.id, { from })) listed.push(doc);
  if (versions.some(({ live }) => !live)) listed.push(...(await overdueRuns(app, deployment.id, now)));
  for (const doc of listed) {
    const by = madeBy(doc);
    const due = doc.run.expected_start_time ?? now;
    if (!by || stands(deployment, by, due)) continue;
    if (isUntouched(doc) && (await deleteScheduledRun(app, doc.id))) continue;
    taken.set(by.id, (taken.get(by.id) ?? new Set()).add(due));
  }
  return taken;
}

/** From the list of what is scheduled now, which history does not lengthen. */
async function overdueRuns(app: App, deploymentId: string, now: string): Promise<FlowRunDocument[]> {
  const found: FlowRunDocument[] = [];
  for await (const doc of app.store.flowRuns.byState('SCHEDULED', { to: now })) {
    if (doc.run.deployment_id === deploymentId && doc.run.auto_scheduled) found.push(doc);
  }
  return found;
}

function madeBy({ run, life }: FlowRunDocument): { id: string; version: number } | null {
  if (life.schedule) return life.schedule;
  return run.auto_scheduled && run.created_by?.id ? { id: run.created_by.id, version: 0 } : null;
}

/** Clears the mark, unless the schedules were changed again meanwhile: then whoever did settles anew. */
async function settled(app: App, { id, schedule_versions }: Deployment): Promise<void> {
  const done = JSON.stringify(schedule_versions);
  await app.store.deployments.update(id, (stored) => {
    if (JSON.stringify(stored.schedule_versions) !== done) return null;
    const kept = Object.entries(stored.schedule_versions ?? {}).filter(([, version]) => !version.removed);
    return { ...stored, schedule_versions: Object.fromEntries(kept), schedules_unsettled: false };
  });
}
