import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { App } from '../../operations/app.ts';
import { keepScheduleGoing } from '../../operations/schedules/schedule-window.ts';

/**
 * A run that is due arms the next one of its schedule, whatever has become of itself. A fault here never touches the run: the
 * schedule's guard finds what is missing. Safe to run twice.
 */
export async function armNext(app: App, doc: FlowRunDocument): Promise<void> {
  const { schedule } = doc.life;
  const { deployment_id } = doc.run;
  if (!schedule || !deployment_id) return;
  try {
    await keepScheduleGoing(app, deployment_id, schedule.id);
  } catch (error) {
    app.log({
      message: 'next run left to the guard',
      flow_run_id: doc.id,
      schedule_id: schedule.id,
      error: String(error),
    });
  }
}
