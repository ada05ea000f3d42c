import type { Deployment } from '../../domain/deployment.ts';
import type { FlowRun } from '../../domain/flow-run.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { Store } from '../../store/store.ts';
import type { App } from '../app.ts';
import { passedOver } from './pass-over.ts';
import { keepScheduleGoing } from './schedule-window.ts';

/** Whether a poll may hand out a run; the deployments of one poll are read once each. */
export function handsOut(app: App): (doc: FlowRunDocument) => Promise<boolean> {
  const known = new Map<string, Promise<Deployment | null>>();
  const read = (id: string) => {
    const reading = known.get(id) ?? app.store.deployments.get(id);
    known.set(id, reading);
    return reading;
  };
  return async (doc) => !(await passedOver(app, doc, read));
}

/** A worker is handed the same run at every poll until it begins; its schedule is looked at once for each. */
const seen = new WeakMap<Store, Map<string, string>>();
const REMEMBERED = 2_000;

/** Tops up the schedules of which a poll hands out runs: for workers and served flows no execution does (rule 12). */
export async function keepPolledSchedulesGoing(app: App, runs: readonly FlowRun[]): Promise<void> {
  const last = seen.get(app.store) ?? new Map<string, string>();
  seen.set(app.store, last);
  const due = new Map<string, FlowRun>();
  for (const run of runs) if (run.auto_scheduled && run.created_by?.id) due.set(run.created_by.id, run);
  for (const [scheduleId, { id, deployment_id }] of due) {
    if (last.get(scheduleId) === id || deployment_id === null) continue;
    await keepScheduleGoing(app, deployment_id, scheduleId);
    if (last.size >= REMEMBERED) last.clear();
    last.set(scheduleId, id);
  }
}
