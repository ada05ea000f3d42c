import { forceTaskRun } from '../../domain/orchestration/forced-task-runs.ts';
import type { State } from '../../domain/states.ts';
import { type TaskRunDocument, withState } from '../../domain/task-run-document.ts';
import type { App } from '../app.ts';
import { taskRunFacts } from './task-run-facts.ts';
import { propose } from './task-run-proposals.ts';

/**
 * Puts a state on a task run without questions: the subflow's state on its tracking task (prefect-api 4.4). `state` is the
 * child's, with `child_flow_run_id` in its details. The same state again, or one older than what was mirrored, changes
 * nothing. Returns false when there is no such task run.
 */
export async function forceTaskRunState(app: App, taskRunId: string, state: State): Promise<boolean> {
  const known = await app.store.taskRuns.get(taskRunId);
  if (!known) return false;
  const facts = await taskRunFacts(app, known.task);
  await app.store.taskRuns.update(taskRunId, (doc) => {
    if (doc.states.some((mirrored) => mirrored.id === state.id) || isOutdated(doc, state)) return null;
    const { next } = propose(app, doc, state, forceTaskRun, facts, { now: new Date(state.timestamp), id: state.id });
    return atExactly(next, state);
  });
  return true;
}

/** True when the task run already shows a later state of the same child; a run's timestamps are unique. */
function isOutdated({ task }: TaskRunDocument, state: State): boolean {
  const child = state.state_details.child_flow_run_id;
  if (child === null || task.state?.state_details.child_flow_run_id !== child) return false;
  return task.state.timestamp > state.timestamp;
}

/** The rules count in milliseconds: gives the mirrored state its time to the microsecond, which orders it among the others. */
function atExactly(doc: TaskRunDocument, { id, timestamp: exact }: State): TaskRunDocument {
  const present = doc.task.state;
  if (!present || present.id !== id) return doc;
  const state = { ...present, timestamp: exact };
  const others = doc.states.filter((known) => known.id !== id);
  return { ...doc, states: withState(others, state), task: { ...doc.task, state, state_timestamp: exact } };
}
