import { isTerminal, makeState, type State } from '../../domain/states.ts';
import type { TaskRun } from '../../domain/task-run.ts';
import { type TaskRunDocument, withState } from '../../domain/task-run-document.ts';
import { stateFields } from '../../domain/task-run-from-event.ts';
import { secondsBetween, toUtc } from '../../domain/utc.ts';
import { type App, timestamp } from '../app.ts';

/**
 * Closes the task runs that a flow run left open when its container ended (rule 23): Crashed with `message`, at the flow's
 * end time, marked as made up so that any event which still arrives takes its place. Left alone: deferred task runs, and
 * tracking tasks whose child run is not terminal. Returns how many were closed. May be called twice.
 */
export async function closeOpenTaskRuns(
  app: App,
  flowRunId: string,
  endTime: string,
  message: string,
): Promise<number> {
  const end = toUtc(endTime) ?? timestamp(app);
  let closed = 0;
  for await (const doc of app.store.taskRuns.documentsOfFlowRun(flowRunId)) {
    if (!isOpen(doc) || (await hasLiveChild(app, doc.id))) continue;
    await app.store.taskRuns.update(doc.id, (current) => {
      if (!isOpen(current)) return null;
      closed++;
      return close(current, madeUpState(app, current, end, message), timestamp(app));
    });
  }
  return closed;
}

/** Not ended, and nobody else's to end: a deferred task runs elsewhere. */
function isOpen({ task, states }: TaskRunDocument): boolean {
  return !isTerminal(task.state_type) && !states.some((state) => state.state_details.deferred === true);
}

async function hasLiveChild(app: App, taskRunId: string): Promise<boolean> {
  for await (const { run } of app.store.flowRuns.ofParentTask(taskRunId)) if (!isTerminal(run.state_type)) return true;
  return false;
}

function madeUpState(app: App, { task }: TaskRunDocument, end: string, message: string): State {
  const at = task.state_timestamp && task.state_timestamp > end ? task.state_timestamp : end;
  const details = { task_run_id: task.id, flow_run_id: task.flow_run_id };
  return makeState({ type: 'CRASHED', message, state_details: details }, app.clock.newId(), at);
}

function close(doc: TaskRunDocument, state: State, updated: string): TaskRunDocument {
  const { task } = doc;
  const changed: Partial<TaskRun> = {
    ...stateFields(state),
    end_time: state.timestamp,
    next_scheduled_start_time: null,
    total_run_time: task.total_run_time + openSeconds(task, state.timestamp),
  };
  const before = Object.fromEntries(
    Object.keys(changed).map((field) => [field, task[field as keyof TaskRun]]),
  ) as Partial<TaskRun>;
  return {
    ...doc,
    task: { ...task, ...changed, updated },
    states: withState(doc.states, state),
    synthetic: { stateId: state.id, before },
  };
}

function openSeconds(task: TaskRun, end: string): number {
  if (task.state_type !== 'RUNNING' || !task.state_timestamp) return 0;
  return Math.max(0, secondsBetween(task.state_timestamp, end));
}
