import { ClientError } from '../../domain/errors.ts';
import type { Event } from '../../domain/events/event.ts';
import type { Principal } from '../../domain/principal.ts';
import type { TaskRunDocument } from '../../domain/task-run-document.ts';
import { readTaskRunEvent, recordTaskRunEvent, taskRunFromEvent } from '../../domain/task-run-from-event.ts';
import { type App, timestamp } from '../app.ts';

/**
 * Writes what a client's event says about a task run (prefect-api 1.2). The run is found by its id, else by its natural key:
 * the older id stands. Out-of-order and repeated events are harmless. An event that makes no task run is only logged: the
 * client cannot mend it. Throws 403 when a run token names a task run of another flow run.
 */
export async function recordTaskRun(app: App, principal: Principal, event: Event): Promise<void> {
  const record = readTaskRunEvent(event);
  if (!record) {
    app.log({ message: 'task-run event without a task run', event_id: event.id, event: event.event });
    return;
  }
  const now = timestamp(app);
  const { taskRuns } = app.store;
  const change = (doc: TaskRunDocument): TaskRunDocument | null => {
    if (principal.kind === 'run' && doc.task.flow_run_id !== record.flowRunId) {
      throw new ClientError('forbidden', `Task run ${doc.id} belongs to another flow run.`);
    }
    const next = recordTaskRunEvent(doc, record, now);
    return next === doc ? null : next;
  };
  if (await taskRuns.update(record.id, change)) return;
  const made = await taskRuns.create(taskRunFromEvent(record, now));
  if (!made.created) await taskRuns.update(made.doc.id, change);
}
