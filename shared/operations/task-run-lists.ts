import type { FilterEnvelope, TaskRunFilter } from '../api/schemas/filters.ts';
import type { TaskRunFilterBody, TaskRunPaginateBody, TaskRunSort } from '../api/schemas/task-runs.ts';
import type { TaskRun } from '../domain/task-run.ts';
import type { TaskRunDocument } from '../domain/task-run-document.ts';
import type { ListOrder } from '../store/merged-list.ts';
import type { App } from './app.ts';
import { byText, countRows, matching, type Paginated, pageSize, paginated, sorted, takePage } from './filtering.ts';
import { relatedMatcher } from './filters/related.ts';
import { type TaskRunOnPage, type TaskRunResponse, taskRunOnPage, taskRunResponse } from './task-run-response.ts';

/** `POST /task_runs/filter`: the narrowest index first, the rest of the filter while reading, no further than the page. */
export async function filterTaskRuns(app: App, body: TaskRunFilterBody): Promise<TaskRunResponse[]> {
  pageSize(body.limit);
  const now = app.clock.now();
  const rows = await takePage(inOrder(app, body, body.sort ?? 'ID_DESC'), body);
  return rows.map((task) => taskRunResponse(task, now));
}

export async function countTaskRuns(app: App, filters: FilterEnvelope): Promise<number> {
  return countRows(matchingTaskRuns(app, filters, { kind: 'time', order: {} }));
}

export async function paginateTaskRuns(app: App, body: TaskRunPaginateBody): Promise<Paginated<TaskRunOnPage>> {
  const [limit, page] = [pageSize(body.limit), body.page ?? 1];
  const results = await filterTaskRuns(app, { ...body, limit, offset: (page - 1) * limit });
  return paginated(results.map(taskRunOnPage), await countTaskRuns(app, body), limit, page);
}

interface Read {
  readonly kind: 'time' | 'id';
  readonly order: ListOrder;
}

/** Straight from an index where one has the order asked for, sorted otherwise. */
function inOrder(app: App, filters: FilterEnvelope, sort: TaskRunSort): AsyncIterable<TaskRun> {
  const order: ListOrder = { descending: sort.endsWith('DESC') };
  const everywhere = fewRuns(filters) === null && fewIds(filters) === null;
  if (everywhere && sort === 'ID_DESC') return matchingTaskRuns(app, filters, { kind: 'id', order });
  if (everywhere && sort.startsWith('EXPECTED_START_TIME')) {
    return matchingTaskRuns(app, filters, { kind: 'time', order });
  }
  return sorted(matchingTaskRuns(app, filters, { kind: 'time', order: {} }), COMPARE[sort]);
}

/** Exported for what counts them. */
export async function* matchingTaskRuns(app: App, filters: FilterEnvelope, read: Read): AsyncGenerator<TaskRun> {
  const related = relatedMatcher(app, filters);
  yield* matching(candidates(app, filters, read), (task) => related.taskRun(task));
}

/** The smallest index range that holds every match. */
async function* candidates(app: App, filters: FilterEnvelope, { kind, order }: Read): AsyncGenerator<TaskRun> {
  const { taskRuns } = app.store;
  const [ids, runs] = [fewIds(filters), fewRuns(filters)];
  if (ids) {
    for (const doc of await taskRuns.getMany([...new Set(ids)])) yield doc.task;
  } else if (runs) {
    for (const id of new Set(runs)) yield* taskRuns.ofFlowRun(id);
  } else if (kind === 'id') {
    yield* tasksOf(taskRuns.byId(order));
  } else {
    const expected = conjunctive(filters.task_runs)?.expected_start_time;
    const from = expected?.after_ ? { from: expected.after_ } : {};
    const to = expected?.before_ ? { to: expected.before_ } : {};
    yield* tasksOf(taskRuns.byTime({ ...order, ...from, ...to }));
  }
}

async function* tasksOf(docs: AsyncIterable<TaskRunDocument>): AsyncGenerator<TaskRun> {
  for await (const doc of docs) yield doc.task;
}

function fewIds(filters: FilterEnvelope): readonly string[] | null {
  return conjunctive(filters.task_runs)?.id?.any_ ?? null;
}

/** The flow runs whose task runs alone can match. */
function fewRuns(filters: FilterEnvelope): readonly string[] | null {
  return (
    conjunctive(conjunctive(filters.task_runs)?.flow_run_id)?.any_ ?? conjunctive(filters.flow_runs)?.id?.any_ ?? null
  );
}

function conjunctive<T extends Pick<TaskRunFilter, 'operator'>>(criteria: T | null | undefined): T | null {
  return criteria && criteria.operator !== 'or_' ? criteria : null;
}

type Compare = (a: TaskRun, b: TaskRun) => number;
const by =
  (key: (task: TaskRun) => string | null, direction: 1 | -1): Compare =>
  (a, b) =>
    direction * byText(key(a), key(b)) || byText(b.id, a.id);

const COMPARE: Record<TaskRunSort, Compare> = {
  ID_DESC: by((task) => task.id, -1),
  EXPECTED_START_TIME_ASC: by((task) => task.expected_start_time, 1),
  EXPECTED_START_TIME_DESC: by((task) => task.expected_start_time, -1),
  NAME_ASC: by((task) => task.name, 1),
  NAME_DESC: by((task) => task.name, -1),
  NEXT_SCHEDULED_START_TIME_ASC: by((task) => task.next_scheduled_start_time, 1),
  END_TIME_DESC: by((task) => task.end_time, -1),
};
