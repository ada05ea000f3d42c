import { createHash } from 'node:crypto';
import type { Deployment, DeploymentSchedule } from '../deployment.ts';
import type { ScheduledBy, ScheduleVersion } from './schedule.ts';

/** A run of an older version that still waits belongs to one of so many changes. */
const REMEMBERED_VERSIONS = 10;

/**
 * The deployment with the versions of its schedules as they are after a change at `timestamp`. What is unchanged keeps its
 * version, so a redeploy of the same costs nothing. `schedules_unsettled` says that runs have to follow.
 */
export function versioned(deployment: Deployment, timestamp: string): Deployment {
  const versions = { ...deployment.schedule_versions };
  let unsettled = deployment.schedules_unsettled ?? false;
  for (const schedule of deployment.schedules) {
    const before = versions[schedule.id];
    const fingerprint = fingerprintOf(deployment, schedule);
    if (before?.fingerprint === fingerprint && !before.removed) continue;
    const live = schedule.active && !deployment.paused;
    versions[schedule.id] = { ...next(before, live, timestamp), fingerprint, live };
    unsettled ||= live || before !== undefined;
  }
  for (const [id, before] of Object.entries(versions)) {
    if (before.removed || deployment.schedules.some((schedule) => schedule.id === id)) continue;
    versions[id] = { ...before, version: before.version + 1, live: false, earlier: [], removed: true };
    unsettled = true;
  }
  return { ...deployment, schedule_versions: versions, schedules_unsettled: unsettled };
}

function next(
  before: ScheduleVersion | undefined,
  live: boolean,
  since: string,
): Pick<ScheduleVersion, 'version' | 'since' | 'earlier'> {
  const version = (before?.version ?? 0) + 1;
  if (!before?.live || !live) return { version, since, earlier: [] };
  const earlier = [{ version: before.version, until: since }, ...before.earlier].slice(0, REMEMBERED_VERSIONS);
  return { version, since, earlier };
}

/** True while a run of this schedule, version and time has a right to start. */
export function stands(deployment: Deployment | null, by: Pick<ScheduledBy, 'id' | 'version'>, due: string): boolean {
  const current = deployment?.schedule_versions?.[by.id];
  if (!current?.live) return false;
  if (current.version === by.version) return true;
  return current.earlier.some(({ version, until }) => version === by.version && due < until);
}

/** The schedule's version when it makes runs now; null when it does not. */
export function liveVersion(deployment: Deployment, scheduleId: string): ScheduleVersion | null {
  const current = deployment.schedule_versions?.[scheduleId];
  return current?.live ? current : null;
}

/**
 * The schedules of a request with the identity of the stored ones they repeat: by slug, or by being equal. Prefect's server
 * makes new ids at every redeploy; keeping them keeps the runs that need no change.
 */
export function withKnownIds(
  made: readonly DeploymentSchedule[],
  stored: readonly DeploymentSchedule[],
): DeploymentSchedule[] {
  const free = [...stored];
  return made.map((schedule) => {
    const place = free.findIndex((known) =>
      schedule.slug === null ? contentOf(known) === contentOf(schedule) : known.slug === schedule.slug,
    );
    const [known] = place < 0 ? [] : free.splice(place, 1);
    if (!known) return schedule;
    return contentOf(known) === contentOf(schedule) ? known : { ...schedule, id: known.id, created: known.created };
  });
}

function contentOf({ schedule, active, max_scheduled_runs, parameters, slug }: DeploymentSchedule): string {
  return JSON.stringify([schedule, active, max_scheduled_runs, parameters, slug]);
}

function fingerprintOf(deployment: Deployment, schedule: DeploymentSchedule): string {
  const { paused, parameters, tags, labels, version, work_queue_id, work_pool_id, infrastructure_document_id } =
    deployment;
  const ofDeployment = [parameters, tags, labels, version, work_queue_id, work_pool_id, infrastructure_document_id];
  const text = JSON.stringify([paused, contentOf(schedule), ofDeployment]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
