import type { TaskRunCreate, TaskRunUpdate } from '../../api/schemas/task-runs.ts';
import { ClientError, notFound } from '../../domain/errors.ts';
import { orchestrateTaskRun, type TaskRunFacts } from '../../domain/orchestration/task-runs.ts';
import type { OrchestrationResult } from '../../domain/orchestration-result.ts';
import type { Principal } from '../../domain/principal.ts';
import { runName } from '../../domain/run-names.ts';
import type { State, StateProposal } from '../../domain/states.ts';
import { DEFAULT_TASK_RUN_POLICY, type TaskRun } from '../../domain/task-run.ts';
import { type TaskRunDocument, withoutSynthetic, withState } from '../../domain/task-run-document.ts';
import { BLANK } from '../../domain/task-run-from-event.ts';
import { type App, timestamp } from '../app.ts';
import { ownsFlowRun } from '../flow-runs/run-tree.ts';
import { deliverTasksOrLater, enqueueTask } from './background-tasks.ts';
import { taskRunFacts } from './task-run-facts.ts';
import { type TaskRunResponse, taskRunResponse } from './task-run-response.ts';

export { closeOpenTaskRuns } from './close-task-runs.ts';

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
    empirical_policy: { ...DEFAULT_TASK_RUN_POLICY, ...empirical_policy },
    labels: { ...flowRun?.run.labels, ...(flowRun && { 'prefect.flow-run.id': flowRun.id }), ...labels },
  };
  const doc: TaskRunDocument = { id: blank.id, task: blank, states: [], lagging: {}, synthetic: null };
  const { next, enqueue } = propose(app, doc, state ?? { type: 'PENDING' }, true, await taskRunFacts(app, blank));
  if (enqueue) await enqueueTask(app, next.task);
  const { stored, created } = await app.store.taskRuns.create(next);
  if (!created && !isSameTask(stored.doc.task, body)) {
    throw new ClientError('conflict', `A task run with the id ${stored.doc.id} already exists.`);
  }
  if (enqueue) await deliverTasksOrLater(app, next.task.task_key);
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

/**
 * `POST /task_runs/{id}/set_state`: proposes a state under the task-run policy (prefect-api 4.5). `changed` is true when the
 * run has a new state. Two proposals at once: one wins, the other is decided on what it made. Throws 404.
 */
export async function setTaskRunState(
  app: App,
  principal: Principal,
  id: string,
  proposal: StateProposal,
  options: { readonly force?: boolean } = {},
): Promise<{ result: OrchestrationResult; changed: boolean }> {
  const known = await app.store.taskRuns.get(id);
  if (!known) {
    throw new ClientError('not-found', `Task run with id ${id} not found`, { details: { exception: true } });
  }
  await assertOwned(app, principal, known.task.flow_run_id);
  const facts = await taskRunFacts(app, known.task);
  let outcome: ReturnType<typeof propose> | null = null;
  await app.store.taskRuns.update(id, (doc) => {
    outcome = propose(app, doc, proposal, options.force ?? false, facts);
    return outcome.changed ? outcome.next : null;
  });
  const { result, changed, next, enqueue } = outcome ?? propose(app, known, proposal, options.force ?? false, facts);
  if (changed && enqueue) {
    await enqueueTask(app, next.task);
    await deliverTasksOrLater(app, next.task.task_key);
  }
  return { result, changed };
}

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
    const { next } = propose(app, doc, state, true, facts, { now: new Date(state.timestamp), id: state.id });
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

/** The document after a proposal: unchanged when the rules refuse it. A made-up state gives way first. */
function propose(
  app: App,
  stored: TaskRunDocument,
  proposed: StateProposal,
  force: boolean,
  facts: TaskRunFacts,
  at: { readonly now: Date; readonly id: string } | null = null,
): { next: TaskRunDocument; result: OrchestrationResult; changed: boolean; enqueue: boolean } {
  const doc = withoutSynthetic(stored);
  const transition = orchestrateTaskRun({
    run: doc.task,
    proposed,
    force,
    facts,
    now: at?.now ?? app.clock.now(),
    newId: () => at?.id ?? app.clock.newId(),
  });
  const { state, run, result, enqueue } = transition;
  if (!state) return { next: stored, result, changed: false, enqueue: false };
  const task = { ...run, updated: timestamp(app) };
  return { next: { ...doc, task, states: withState(doc.states, state) }, result, changed: true, enqueue };
}

const isDeferred = ({ state }: TaskRun): boolean => state?.state_details.deferred === true;

/** Rule 8: a run token works on task runs of its own tree. */
async function assertOwned(app: App, principal: Principal, flowRunId: string | null): Promise<void> {
  if (principal.kind !== 'run') return;
  if (flowRunId && (await ownsFlowRun(app, principal, flowRunId))) return;
  throw new ClientError('forbidden', 'The token of a flow run may only use task runs of its own runs.');
}
