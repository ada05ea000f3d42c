import { later } from '../../domain/schedules/window.ts';
import { type App, timestamp } from '../app.ts';
import { LATE_SECONDS, setLateTimer } from '../events/timer-events.ts';
import { transitionFlowRun } from '../flow-runs/flow-run-transition.ts';
import { keepScheduleGoing } from './schedule-window.ts';

/**
 * The timer of a run that others start, or that waits in its pool: calls it Late when it has not begun (prefect-api 4.8). It
 * also keeps the schedule of a worker's run going, as no execution of ours does. Safe to run twice, early and late.
 */
export async function markLate(app: App, flowRunId: string): Promise<void> {
  const doc = await app.store.flowRuns.getLive(flowRunId);
  if (!doc) return;
  const { run, life } = doc;
  const due = run.next_scheduled_start_time;
  if (run.state_type === 'SCHEDULED' && run.state_name === 'Scheduled' && due !== null) {
    if (later(due, LATE_SECONDS) > timestamp(app)) await setLateTimer(app, flowRunId, due);
    else
      await transitionFlowRun(
        app,
        { kind: 'system' },
        flowRunId,
        { type: 'SCHEDULED', name: 'Late' },
        { late: true, unless: (current) => current.run.next_scheduled_start_time !== due },
      );
  }
  if (life.schedule && run.deployment_id) await keepScheduleGoing(app, run.deployment_id, life.schedule.id);
}
