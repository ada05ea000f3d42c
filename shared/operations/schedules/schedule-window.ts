import type { Deployment } from '../../domain/deployment.ts';
import { scheduleDates } from '../../domain/schedules/dates.ts';
import { guardRhythm, guardTime } from '../../domain/schedules/guard.ts';
import type { CronSchedule } from '../../domain/schedules/schedule.ts';
import { later, windowDates, windowOf } from '../../domain/schedules/window.ts';
import type { ScheduleProgress } from '../../store/schedule-progress.ts';
import { type App, timestamp } from '../app.ts';
import { repeatGuardTimer, setGuardTimer, type TimerEvent } from '../events/timer-events.ts';
import { armAgain, armRun, type LiveSchedule, liveSchedule, makeScheduledRuns } from './schedule-runs.ts';

export interface Advance {
  /** A time whose run is gone though its start was seen to: the next one takes its place. */
  readonly past?: string;
  /** Times whose runs an older version has begun: they get none of this one. */
  readonly taken?: ReadonlySet<string>;
  /** This guard has just fired, so the next one is to be set. */
  readonly fired?: FiredGuard;
}

export type FiredGuard = Omit<Extract<TimerEvent, { kind: 'guard' }>, 'kind'>;

/** After this a guard that stood has fired, or is lost and set anew: before the run that it was early for (at least 120 s) is due. */
const GUARD_OVERDUE_SECONDS = 90;
/** A change that is settled later than this makes no runs for the time in between. */
const SETTLED_WITHIN_SECONDS = 60;

/**
 * Keeps a schedule going: sees to the start of its next run (and of all that are overdue), tops up the upcoming runs, and
 * keeps a guard standing. Called by each run that is due, by the guard, by polls. May be called at any time, twice and by two
 * at once. Does nothing for a schedule that makes no runs, or while a change of it is being settled.
 */
export async function keepScheduleGoing(
  app: App,
  deploymentId: string,
  scheduleId: string,
  options: Advance = {},
): Promise<void> {
  const deployment = await app.store.deployments.get(deploymentId);
  const live = deployment && liveSchedule(deployment, scheduleId);
  if (!live) return;
  const unsettled = deployment.schedules_unsettled && !(await isSettled(app, live));
  if (!unsettled) await advanceSchedule(app, live, options);
}

/** True when this schedule is not what is being settled: another of its deployment is. */
async function isSettled(app: App, { schedule, version }: LiveSchedule): Promise<boolean> {
  return (await app.store.scheduleProgress.get(schedule.id))?.version === version.version;
}

/** The same for a schedule that was just read. */
export async function advanceSchedule(app: App, live: LiveSchedule, options: Advance = {}): Promise<void> {
  const read = await app.store.scheduleProgress.read(live.schedule.id);
  const stored = read?.doc ?? null;
  let progress = stored?.version === live.version.version ? stored : begun(live, stored);
  progress = await arm(app, live, progress, options);
  const filled = await fill(app, live, progress, options);
  if (!filled) return; // changed meanwhile: whoever did has settled it or will
  progress = filled;
  progress = await arm(app, live, progress, options);
  progress = await guard(app, live, progress, stored, options);
  await app.store.scheduleProgress.advance(read, progress);
  if (options.fired) await lookAfterArmed(app, live, stored, progress);
}

/** What the guard is for besides: an armed run whose execution is gone, the next one or the one before it, gets another. */
async function lookAfterArmed(
  app: App,
  live: LiveSchedule,
  before: ScheduleProgress | null,
  after: ScheduleProgress,
): Promise<void> {
  const same = before?.version === after.version;
  const dates = new Set([same ? before.armed_to : null, after.armed_to]);
  for (const date of dates) if (date !== null) await armAgain(app, live, date);
}

/** The guard of a schedule has fired. One that outlived its schedule, because something died between two calls, is ended. */
export async function guardFired(app: App, fired: FiredGuard): Promise<void> {
  const { deployment_id, schedule_id } = fired;
  const deployment = await app.store.deployments.get(deployment_id);
  const live = deployment && liveSchedule(deployment, schedule_id);
  if (live) return keepScheduleGoing(app, deployment_id, schedule_id, { fired });
  await retireSchedule(app, schedule_id);
  await app.timers.cancel(repeatedGuard(schedule_id));
}

/** Ends what stands for a schedule that makes no more runs. Its runs are the caller's. May be repeated. */
export async function retireSchedule(app: App, scheduleId: string): Promise<void> {
  const progress = await app.store.scheduleProgress.get(scheduleId);
  if (progress?.guard) await app.timers.cancel(progress.guard.name);
  if (progress) await app.store.scheduleProgress.delete(scheduleId);
}

/** Ends what stands for all schedules of a deployment. */
export async function retireSchedules(app: App, deployment: Deployment): Promise<void> {
  const ids = new Set([
    ...deployment.schedules.map(({ id }) => id),
    ...Object.keys(deployment.schedule_versions ?? {}),
  ]);
  for (const id of ids) await retireSchedule(app, id);
}

function begun({ schedule, version, deployment }: LiveSchedule, before: ScheduleProgress | null): ScheduleProgress {
  return {
    id: schedule.id,
    deployment_id: deployment.id,
    version: version.version,
    filled_from: null,
    filled_to: null,
    armed_to: null,
    guard: before?.guard ?? null,
  };
}

/** Sees to every start up to the first that is still to come; one far ahead gets a timer before its execution (rule 14). */
async function arm(
  app: App,
  live: LiveSchedule,
  progress: ScheduleProgress,
  options: Advance,
): Promise<ScheduleProgress> {
  const { filled_from, filled_to } = progress;
  const now = timestamp(app);
  let { armed_to } = progress;
  if (filled_to === null || filled_from === null) return progress;
  if (armed_to !== null && armed_to > now && armed_to !== options.past) return progress;
  const from = armed_to !== null && armed_to > filled_from ? armed_to : filled_from;
  for (const date of scheduleDates(live.schedule.schedule, from)) {
    if (armed_to !== null && date <= armed_to) continue;
    if (date > filled_to) break;
    const waits = await armRun(app, live, date);
    armed_to = date;
    if (waits && date > now) break;
  }
  return { ...progress, armed_to };
}

/** Makes the upcoming runs that are missing at the end of the window. What was missed while nothing ran stays missed. Null when the schedule was changed. */
async function fill(
  app: App,
  live: LiveSchedule,
  progress: ScheduleProgress,
  options: Advance,
): Promise<ScheduleProgress | null> {
  const { schedule, version } = live;
  const now = timestamp(app);
  const { filled_to } = progress;
  const settling = filled_to === null && version.since > later(now, -SETTLED_WITHIN_SECONDS);
  const start = settling && version.since < now ? version.since : now;
  const dates = windowDates(schedule.schedule, start, windowOf(schedule.max_scheduled_runs));
  const missing = dates.filter((date) => filled_to === null || date > filled_to);
  const [first, last] = [missing[0], missing.at(-1)];
  if (!first || !last) return progress;
  const wanted = missing.filter((date) => !options.taken?.has(date));
  if (!(await makeScheduledRuns(app, live, wanted))) return null;
  // All before `now` have been seen to: where the window was left behind, it begins anew.
  const joined = filled_to !== null && filled_to >= now;
  return { ...progress, filled_from: joined ? progress.filled_from : first, filled_to: last };
}

/** A timer that repeats where its cron can say when; else one that is set anew by what it calls, or by the chain of runs. */
async function guard(
  app: App,
  live: LiveSchedule,
  progress: ScheduleProgress,
  stored: ScheduleProgress | null,
  options: Advance,
): Promise<ScheduleProgress> {
  const standing = progress.guard;
  const wanted = guardOf(live, timestamp(app));
  // Two changes at once may leave the timer of the older one: it tells by its rhythm.
  const fits = options.fired?.rhythm === undefined || options.fired.rhythm === wanted?.at;
  if (wanted?.rhythm && standing?.at === wanted.at && fits) return progress;
  if (!wanted?.rhythm && !options.fired && standing && stored?.version === progress.version) {
    if (standing.at > later(timestamp(app), -GUARD_OVERDUE_SECONDS)) return progress;
  }
  if (standing && standing.name !== wanted?.name) await app.timers.cancel(standing.name);
  if (!wanted) return { ...progress, guard: null };
  const { name, at, rhythm } = wanted;
  const called = { deployment_id: live.deployment.id, schedule_id: live.schedule.id };
  if (rhythm) await repeatGuardTimer(app, name, rhythm, { ...called, rhythm: at });
  else await setGuardTimer(app, name, at, called);
  return { ...progress, guard: { name, at } };
}

interface Guard {
  readonly name: string;
  /** A time, or in words the rhythm. */
  readonly at: string;
  readonly rhythm: CronSchedule | null;
}

const repeatedGuard = (scheduleId: string): string => `guard-${scheduleId}`;

function guardOf({ schedule }: LiveSchedule, now: string): Guard | null {
  const rhythm = guardRhythm(schedule.schedule);
  if (rhythm) return { name: repeatedGuard(schedule.id), at: `at ${rhythm.cron} ${rhythm.timezone}`, rhythm };
  const at = guardTime(schedule.schedule, now);
  // A name for each time: one that has fired deletes itself, and must not take its successor along.
  const name = `guard-${schedule.id}-${Math.ceil(Date.parse(at ?? now) / 1000).toString(36)}`;
  return at === null ? null : { name, at, rhythm: null };
}
