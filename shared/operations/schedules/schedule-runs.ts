import type { Deployment, DeploymentSchedule } from '../../domain/deployment.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import { runName } from '../../domain/run-names.ts';
import type { ScheduleVersion } from '../../domain/schedules/schedule.ts';
import { liveVersion } from '../../domain/schedules/versions.ts';
import type { WorkPool, WorkQueue } from '../../domain/work-pool.ts';
import type { App } from '../app.ts';
import { born } from '../flow-runs/create-flow-run.ts';
import { keepExecution, performEffects } from '../flow-runs/pending-effects.ts';
import { deleteScheduledRun, isUntouched } from './scheduled-runs.ts';

/** A schedule that makes runs, with its deployment, as they were read. */
export interface LiveSchedule {
  readonly deployment: Deployment;
  readonly schedule: DeploymentSchedule;
  readonly version: ScheduleVersion;
}

/** Null for a schedule that makes no runs: it is gone, inactive or paused. */
export function liveSchedule(deployment: Deployment, scheduleId: string): LiveSchedule | null {
  const schedule = deployment.schedules.find(({ id }) => id === scheduleId);
  const version = liveVersion(deployment, scheduleId);
  return schedule && version ? { deployment, schedule, version } : null;
}

/** Runs are made so many at a time. */
const AT_ONCE = 10;

/**
 * Makes the runs of these times, each once (prefect-api 5.4). False when the schedule was changed meanwhile: then the new
 * ones are taken away again, whoever changed it makes others (rule 15). May be repeated.
 */
export async function makeScheduledRuns(app: App, live: LiveSchedule, dates: readonly string[]): Promise<boolean> {
  if (dates.length === 0) return true;
  const place = await placeOf(app, live.deployment);
  const made: string[] = [];
  for (let start = 0; start < dates.length; start += AT_ONCE) {
    const batch = dates.slice(start, start + AT_ONCE).map((date) => makeRun(app, live, place, date));
    made.push(...(await Promise.all(batch)).filter((id) => id !== null));
  }
  const after = await app.store.deployments.get(live.deployment.id);
  if (after?.schedule_versions?.[live.schedule.id]?.version === live.version.version) return true;
  for (const id of made) await deleteScheduledRun(app, id);
  return false;
}

/**
 * Sees to the start of the run of this time: an execution that waits for it, or for runs of workers the timer that calls it
 * late. False when there is no such run any more, or it is no longer merely scheduled. May be repeated.
 */
export async function armRun(app: App, live: LiveSchedule, date: string): Promise<boolean> {
  const { flowRuns } = app.store;
  const found = await runOf(app, live, date);
  if (!found) return false;
  let waiting = false;
  const stored = await flowRuns.table.update<FlowRunDocument>(flowRuns.key(found.id), (doc) => {
    waiting = waits(doc);
    const { schedule: by } = doc.life;
    return waiting && by && !by.armed ? flowRuns.write(armed(doc, date)) : null;
  });
  if (stored && stored.doc.life.pending.length > 0) await performEffects(app, stored);
  return waiting;
}

/**
 * Starts anew the execution of an armed run whose own is gone: somebody stopped it, or it broke. One that waits is left alone.
 * May be repeated.
 */
export async function armAgain(app: App, live: LiveSchedule, date: string): Promise<void> {
  const doc = await runOf(app, live, date);
  if (!doc?.life.push || !doc.life.schedule?.armed || !waits(doc)) return;
  await keepExecution(app, doc);
}

function runOf(app: App, { deployment, schedule, version }: LiveSchedule, date: string) {
  const key = scheduledRunKey(deployment, schedule, version, date);
  return app.store.flowRuns.getByIdempotencyKey(deployment.flow_id, key);
}

const waits = (doc: FlowRunDocument): boolean =>
  isUntouched(doc) && !doc.life.tombstone && doc.life.phase === 'waiting';

function armed(doc: FlowRunDocument, due: string): FlowRunDocument {
  const { life } = doc;
  const effect = life.push
    ? ({ kind: 'start', attempt: life.attempt, generation: life.generation } as const)
    : ({ kind: 'late-timer', due } as const);
  return {
    ...doc,
    life: { ...life, schedule: { ...life.schedule!, armed: true }, pending: [...life.pending, effect] },
  };
}

interface PlaceOfRuns {
  readonly queue: WorkQueue | null;
  readonly pool: WorkPool | null;
}

async function placeOf(app: App, { work_queue_id, work_pool_id }: Deployment): Promise<PlaceOfRuns> {
  const [queue, pool] = await Promise.all([
    work_queue_id ? app.store.workQueues.get(work_queue_id) : null,
    work_pool_id ? app.store.workPools.get(work_pool_id) : null,
  ]);
  return queue && pool ? { queue, pool } : { queue: null, pool: null };
}

/** The id of a run that is new; null when there was one. No event tells of it, as none of Prefect's does. */
async function makeRun(
  app: App,
  live: LiveSchedule,
  { queue, pool }: PlaceOfRuns,
  date: string,
): Promise<string | null> {
  const { deployment, schedule, version } = live;
  const doc = born(
    app,
    { kind: 'system' },
    {
      name: runName(Math.random),
      flow_id: deployment.flow_id,
      deployment_id: deployment.id,
      deployment_version: deployment.version,
      parameters: { ...deployment.parameters, ...schedule.parameters },
      tags: ['auto-scheduled', ...deployment.tags],
      labels: {
        ...deployment.labels,
        'prefect.flow.id': deployment.flow_id,
        'prefect.deployment.id': deployment.id,
      },
      idempotency_key: scheduledRunKey(deployment, schedule, version, date),
      auto_scheduled: true,
      created_by: { id: schedule.id, type: 'SCHEDULE', display_value: schedule.slug ?? kindOf(schedule) },
      infrastructure_document_id: deployment.infrastructure_document_id,
      work_queue_id: queue?.id ?? null,
      work_queue_name: queue?.name ?? deployment.work_queue_name,
      work_pool_id: pool?.id ?? null,
      work_pool_name: pool?.name ?? null,
      work_pool_type: pool?.type ?? null,
      state: { type: 'SCHEDULED', message: 'Flow run scheduled', state_details: { scheduled_time: date } },
    },
  );
  const by = { id: schedule.id, version: version.version, armed: false };
  const { created, doc: stored } = await app.store.flowRuns.create({
    ...doc,
    life: { ...doc.life, schedule: by, pending: [] },
  });
  return created ? stored.id : null;
}

/** Schedule, version and time (rule 15); the first version's is spelled as Prefect spells it. */
export function scheduledRunKey(
  deployment: Pick<Deployment, 'id'>,
  schedule: Pick<DeploymentSchedule, 'id'>,
  { version }: Pick<ScheduleVersion, 'version'>,
  date: string,
): string {
  const spelled = `${date.slice(0, 10)} ${date.slice(11, -1).replace(/\.000000$/, '')}+00:00`;
  const key = `scheduled ${deployment.id} ${schedule.id} ${spelled}`;
  return version === 1 ? key : `${key} v${version}`;
}

function kindOf({ schedule }: DeploymentSchedule): string {
  if ('cron' in schedule) return 'CronSchedule';
  return 'interval' in schedule ? 'IntervalSchedule' : 'RRuleSchedule';
}
