import type { FilterEnvelope, TaskRunFilter } from '../../api/schemas/filters.ts';
import type { TaskRunFilterBody, TaskRunSort } from '../../api/schemas/task-runs.ts';
import { isTerminal, TERMINAL_STATE_TYPES } from '../../domain/states.ts';
import type { TaskRun } from '../../domain/task-run.ts';
import type { TaskRunDocument } from '../../domain/task-run-document.ts';
import type { ListOrder } from '../../store/merged-list.ts';
import type { App } from '../app.ts';
import { relatedMatcher } from '../filters/related.ts';
import { narrowRuns } from '../flow-runs/flow-run-candidates.ts';
import { matchingRuns } from '../flow-runs/flow-run-lists.ts';
import { byText, matching, pageSize, sorted, takePage } from '../lists/filtering.ts';
import { firstToFinish } from '../lists/first-to-finish.ts';
import { type TaskRunResponse, taskRunResponse } from './task-run-response.ts';

/** `POST /task_runs/filter`: the narrowest index first, the rest of the filter while reading, no further than the page. */
export async function filterTaskRuns(app: App, body: TaskRunFilterBody): Promise<TaskRunResponse[]> {
  pageSize(body.limit);
  const now = app.clock.now();
  const rows = await takePage(inOrder(app, body, body.sort ?? 'ID_DESC'), body);
  return rows.map((task) => taskRunResponse(task, now));
}

interface Candidates {
  readonly docs: AsyncIterable<TaskRun>;
  /** As many as stand at any time, not as many as there ever were. */
  readonly few?: boolean;
}

/** Straight from an index where one has the order asked for, or from a narrow list, whichever is cheaper; sorted otherwise. */
function inOrder(app: App, filters: FilterEnvelope, sort: TaskRunSort): AsyncIterable<TaskRun> {
  const narrow = narrowTasks(app, filters);
  const order = ORDERS[sort];
  if (!order || narrow?.few) return sorted(matchingTaskRuns(app, filters), COMPARE[sort]);
  const related = relatedMatcher(app, filters);
  const matches = (task: TaskRun) => related.taskRun(task);
  const all = tasksOf(everyTask(app, filters, order, sort.endsWith('DESC')));
  return narrow ? firstToFinish(all, narrow.docs, matches, COMPARE[sort]) : matching(all, matches);
}

/** Every match, in no order; exported for what counts them. `within` bounds the expected start. */
export async function* matchingTaskRuns(
  app: App,
  filters: FilterEnvelope,
  within: Pick<ListOrder, 'from' | 'to'> = {},
): AsyncGenerator<TaskRun> {
  const related = relatedMatcher(app, filters);
  const docs =
    narrowTasks(app, filters)?.docs ??
    tasksOf(app.store.taskRuns.byTime({ ...within, ...bounds(conjunctive(filters.task_runs)?.expected_start_time) }));
  yield* matching(docs, (task) => related.taskRun(task));
}

function everyTask(app: App, filters: FilterEnvelope, order: 'id' | 'expected', descending: boolean) {
  const { taskRuns } = app.store;
  if (order === 'id') return taskRuns.byId({ descending });
  return taskRuns.byTime({ descending, ...bounds(conjunctive(filters.task_runs)?.expected_start_time) });
}

/** The narrowest list that holds every match; null when only the list of all task runs does. */
function narrowTasks(app: App, filters: FilterEnvelope): Candidates | null {
  const { taskRuns } = app.store;
  const filter = conjunctive(filters.task_runs) ?? {};
  if (filter.id?.any_) return { docs: some(app, filter.id.any_), few: true };
  const ofRun = filter.flow_run_id?.is_null_ ? null : filter.flow_run_id?.any_;
  const runs = ofRun ?? conjunctive(filters.flow_runs)?.id?.any_;
  if (runs) return { docs: joined([...new Set(runs)].map((id) => taskRuns.ofFlowRun(id))), few: true };
  const types = conjunctive(filter.state)?.type?.any_;
  if (types?.every((type) => !isTerminal(type))) return { docs: tasksOf(taskRuns.live()), few: true };
  const { expected_start_time, start_time } = filter;
  const span = { ...bounds(expected_start_time), ...bounds(start_time) };
  const isNarrow = start_time?.after_ || (types && !types.includes('COMPLETED'));
  if (isNarrow && (start_time?.is_null_ ?? null) === null) {
    const ended = taskRuns.ended((types ?? [...TERMINAL_STATE_TYPES]).filter(isTerminal), {
      ...(span.from && { from: span.from }),
      ...(start_time?.before_ && { to: start_time.before_ }),
    });
    return { docs: joined([tasksOf(ended), ...(types?.every(isTerminal) ? [] : [tasksOf(taskRuns.live())])]) };
  }
  if (expected_start_time?.after_ || !filters.flow_runs || !narrowRuns(app, filters)) return null;
  return { docs: ofRuns(app, filters) };
}

/** The task runs of the flow runs that the other filters find. */
async function* ofRuns(app: App, { task_runs: _, ...filters }: FilterEnvelope): AsyncGenerator<TaskRun> {
  for await (const { id } of matchingRuns(app, filters)) yield* app.store.taskRuns.ofFlowRun(id);
}

async function* some(app: App, ids: readonly string[]): AsyncGenerator<TaskRun> {
  for (const { task } of await app.store.taskRuns.getMany([...new Set(ids)])) yield task;
}

async function* joined(lists: readonly AsyncIterable<TaskRun>[]): AsyncGenerator<TaskRun> {
  for (const list of lists) yield* list;
}

async function* tasksOf(docs: AsyncIterable<TaskRunDocument>): AsyncGenerator<TaskRun> {
  for await (const doc of docs) yield doc.task;
}

function bounds(time: { after_?: string | null; before_?: string | null } | null | undefined) {
  return { ...(time?.after_ && { from: time.after_ }), ...(time?.before_ && { to: time.before_ }) };
}

function conjunctive<T extends Pick<TaskRunFilter, 'operator'>>(criteria: T | null | undefined): T | null {
  return criteria && criteria.operator !== 'or_' ? criteria : null;
}

/** The orders that an index has. */
const ORDERS: Partial<Record<TaskRunSort, 'id' | 'expected'>> = {
  ID_DESC: 'id',
  EXPECTED_START_TIME_ASC: 'expected',
  EXPECTED_START_TIME_DESC: 'expected',
};

type Compare = (a: TaskRun, b: TaskRun) => number;
const by =
  (key: (task: TaskRun) => string | null, direction: 1 | -1): Compare =>
  (a, b) =>
    direction * (byText(key(a), key(b)) || byText(a.id, b.id));

const COMPARE: Record<TaskRunSort, Compare> = {
  ID_DESC: by((task) => task.id, -1),
  EXPECTED_START_TIME_ASC: by((task) => task.expected_start_time, 1),
  EXPECTED_START_TIME_DESC: by((task) => task.expected_start_time, -1),
  NAME_ASC: by((task) => task.name, 1),
  NAME_DESC: by((task) => task.name, -1),
  NEXT_SCHEDULED_START_TIME_ASC: by((task) => task.next_scheduled_start_time, 1),
  END_TIME_DESC: by((task) => task.end_time, -1),
};
