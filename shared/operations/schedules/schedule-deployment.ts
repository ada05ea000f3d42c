import type { ScheduleBody } from '../../api/schemas/deployments.ts';
import { later, WINDOW, type WindowLimits, windowDates } from '../../domain/schedules/window.ts';
import { type App, timestamp } from '../app.ts';
import { armRun, liveSchedule, makeScheduledRuns } from './schedule-runs.ts';
import { settleSchedules } from './settle-schedules.ts';

/** The most runs of one schedule that one call makes. */
const MOST_RUNS = 500;

/**
 * `POST /deployments/{id}/schedule`: makes the runs of the active schedules in a span, which may lie in the past to catch up on
 * it; those that are due start at once. Times that have a run get no other. Nothing for a paused deployment, and nothing for
 * one that does not exist, as in Prefect. May be repeated.
 */
export async function scheduleDeployment(app: App, id: string, body: ScheduleBody): Promise<void> {
  await settleSchedules(app, id);
  const deployment = await app.store.deployments.get(id);
  if (!deployment) return;
  const start = body.start_time ?? timestamp(app);
  const limits = limitsOf(body, start);
  for (const { id: scheduleId } of deployment.schedules) {
    const live = liveSchedule(deployment, scheduleId);
    if (!live) continue;
    const dates = windowDates(live.schedule.schedule, start, limits);
    if (!(await makeScheduledRuns(app, live, dates))) continue;
    // Not all are on the road that one run arms the next: each is seen to by itself.
    for (const date of dates) await armRun(app, live, date);
  }
}

function limitsOf({ end_time, min_time, min_runs, max_runs }: ScheduleBody, start: string): WindowLimits {
  const end = end_time ?? later(start, WINDOW.maxSeconds);
  return {
    minRuns: min_runs ?? WINDOW.minRuns,
    minSeconds: min_time ?? WINDOW.minSeconds,
    maxRuns: Math.min(max_runs ?? WINDOW.maxRuns, MOST_RUNS),
    maxSeconds: (Date.parse(end) - Date.parse(start)) / 1000,
  };
}
