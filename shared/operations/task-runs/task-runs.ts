import type { TaskRunCreate, TaskRunUpdate } from '../../api/schemas/task-runs.ts';
import { ClientError, notFound } from '../../domain/errors.ts';
import { forceTaskRun } from '../../domain/orchestration/forced-task-runs.ts';
import type { Principal } from '../../domain/principal.ts';
import { withOldNames } from '../../domain/retry-policy.ts';
import { runName } from '../../domain/run-names.ts';
import type { State } from '../../domain/states.ts';
import { DEFAULT_TASK_RUN_POLICY, type TaskRun } from '../../domain/task-run.ts';
import type { TaskRunDocument } from '../../domain/task-run-document.ts';
import { BLANK } from '../../domain/task-run-from-event.ts';
import { type App, timestamp } from '../app.ts';
import { ownsFlowRun } from '../flow-runs/run-tree.ts';
import { deliverTasksOrLater, enqueueTask } from './background-tasks.ts';
import { taskRunFacts } from './task-run-facts.ts';
import { propose } from './task-run-proposals.ts';
import { type TaskRunResponse, taskRunResponse } from './task-run-response.ts';

/**
 * `POST /task_runs/`: the tracking task of a subflow, a background task. One per flow run, task key and dynamic key; the
 * second call returns the first. Its first state is not questioned. Throws 409 when the flow run does not exist, or another
 * task run has the id that is given.
 */
export async function createTaskRun(
  app: App,
  principal: Principal,
  body: TaskRunCreate,
): Promise<{ doc: TaskRunResponse; created: boolean }> {
  await assertOwned(app, principal, body.flow_run_id);
  const existing = await app.store.taskRuns.getByNaturalKey(body);
  if (existing) {
    if (isDeferred(existing.task)) await deliverTasksOrLater(app, existing.task.task_key); // the first call may have died before it
    return { doc: taskRunResponse(existing.task, app.clock.now()), created: false };
  }
  const flowRun = body.flow_run_id ? await app.store.flowRuns.getLive(body.flow_run_id) : null;
  if (body.flow_run_id && !flowRun) {
    throw new ClientError('conflict', `Flow run ${body.flow_run_id} does not exist, so no task run can belong to it.`);
  }
  const now = timestamp(app);
  const { state, empirical_policy, id, name, labels, ...given } = body;
  const blank = {
    ...BLANK,
    ...given,
    id: id ?? app.clock.newId(),
    created: now,
    updated: now,
    name: name || runName(Math.random),
    empirical_policy: withOldNames({ ...DEFAULT_TASK_RUN_POLICY, ...empirical_policy }),
    labels: { ...flowRun?.run.labels, ...(flowRun && { 'prefect.flow-run.id': flowRun.id }), ...labels },
  };
  const doc: TaskRunDocument = { id: blank.id, task: blank, states: [], lagging: {}, synthetic: null };
  const { next, transition } = propose(
    app,
    doc,
    state ?? { type: 'PENDING' },
    forceTaskRun,
    await taskRunFacts(app, blank),
  );
  if (transition.enqueue) await enqueueTask(app, next.task);
  const { stored, created } = await app.store.taskRuns.create(next);
  if (!created && !isSameTask(stored.doc.task, body)) {
    throw new ClientError('conflict', `A task run with the id ${stored.doc.id} already exists.`);
  }
  if (transition.enqueue) await deliverTasksOrLater(app, next.task.task_key);
  return { doc: taskRunResponse(stored.doc.task, app.clock.now()), created };
}

function isSameTask(task: TaskRun, key: Pick<TaskRun, 'flow_run_id' | 'task_key' | 'dynamic_key'>): boolean {
  return task.flow_run_id === key.flow_run_id && task.task_key === key.task_key && task.dynamic_key === key.dynamic_key;
}

export async function readTaskRun(app: App, id: string): Promise<TaskRunResponse> {
  const doc = await app.store.taskRuns.get(id);
  if (!doc) throw notFound('Task not found');
  return taskRunResponse(doc.task, app.clock.now());
}

/** Renames a task run, an empty name asking for a new one; an empty change is none. */
export async function updateTaskRun(app: App, id: string, body: TaskRunUpdate): Promise<void> {
  const updated = timestamp(app);
  const newName = runName(Math.random);
  const doc = await app.store.taskRuns.update(id, (current) => ({
    ...current,
    task: { ...current.task, ...(body.name !== undefined && { name: body.name || newName }), updated },
  }));
  if (!doc) throw notFound('Task run not found');
}

export async function deleteTaskRun(app: App, id: string): Promise<void> {
  if (!(await app.store.taskRuns.delete(id))) throw notFound('Task not found');
}

/** The states of a task run, oldest first; none for an unknown one, as Prefect answers it. */
export async function readTaskRunStates(app: App, id: string): Promise<readonly State[]> {
  return (await app.store.taskRuns.get(id))?.states ?? [];
}

const isDeferred = ({ state }: TaskRun): boolean => state?.state_details.deferred === true;

/** Rule 8: a run token works on task runs of its own tree. */
export async function assertOwned(app: App, principal: Principal, flowRunId: string | null): Promise<void> {
  if (principal.kind !== 'run') return;
  if (flowRunId && (await ownsFlowRun(app, principal, flowRunId))) return;
  throw new ClientError('forbidden', 'The token of a flow run may only use task runs of its own runs.');
}
