import type { FilterEnvelope, TaskRunFilter } from '../../api/schemas/filters.ts';
import type { TaskRunPaginateBody } from '../../api/schemas/task-runs.ts';
import { isTerminal, STATE_TYPES, type StateType, TERMINAL_STATE_TYPES } from '../../domain/states.ts';
import type { TaskRun } from '../../domain/task-run.ts';
import { readCountedPart, readTaskRunPlace, type ToldTaskRun } from '../../domain/task-run-label.ts';
import { taskRunTally } from '../../store/task-runs.ts';
import type { App } from '../app.ts';
import { matchesTaskRun } from '../filters/task-runs.ts';
import { matchingRuns } from '../flow-runs/flow-run-lists.ts';
import { inBatches, type Paginated, pageSize, paginated } from '../lists/filtering.ts';
import { filterTaskRuns, matchingTaskRuns } from './task-run-lists.ts';
import { type TaskRunOnPage, taskRunOnPage } from './task-run-response.ts';

/**
 * `POST /task_runs/count`. What dashboards ask, by state and span of starts, comes from the tally of those that have ended and a look at
 * those that have not; what belongs to certain flow runs is counted by keys. Every other filter is counted by reading what matches.
 */
export async function countTaskRuns(app: App, filters: FilterEnvelope): Promise<number> {
  const ofRuns = await countOfRuns(app, filters);
  if (ofRuns !== null) return ofRuns;
  return [...(await countByState(app, filters)).values()].reduce((sum, count) => sum + count, 0);
}

export async function paginateTaskRuns(app: App, body: TaskRunPaginateBody): Promise<Paginated<TaskRunOnPage>> {
  const [limit, page] = [pageSize(body.limit), body.page ?? 1];
  const results = await filterTaskRuns(app, { ...body, limit, offset: (page - 1) * limit });
  return paginated(results.map(taskRunOnPage), await countTaskRuns(app, body), limit, page);
}

/** `POST /ui/task_runs/count`: by state type, all nine. */
export async function countTaskRunsByState(app: App, filters: FilterEnvelope): Promise<Record<StateType, number>> {
  const counts = await countByState(app, filters);
  const shown = STATE_TYPES.map((type): [StateType, number] => [type, counts.get(type) ?? 0]);
  return Object.fromEntries(shown) as Record<StateType, number>;
}

/** Null is the state of those that have none. */
type CountsByState = Map<StateType | null, number>;

async function countByState(app: App, filters: FilterEnvelope): Promise<CountsByState> {
  const filter = toldFilter(filters);
  const tallied = filter && (await countByTally(app, filter));
  if (tallied) return tallied;
  const counts: CountsByState = new Map();
  for await (const { state_type } of matchingTaskRuns(app, filters)) add(counts, state_type, 1);
  return counts;
}

const add = (counts: CountsByState, type: StateType | null, count: number): unknown =>
  counts.set(type, (counts.get(type) ?? 0) + count);

/** Null when the tally cannot answer exactly. */
async function countByTally(app: App, filter: TaskRunFilter): Promise<CountsByState | null> {
  const { state, start_time, expected_start_time, subflow_runs } = filter;
  const asksMore = expected_start_time || state?.name || (start_time?.is_null_ ?? null) !== null;
  if (filter.operator === 'or_' || asksMore) return null;
  const counts: CountsByState = new Map();
  const [from, to] = [start_time?.after_, start_time?.before_];
  const within = { ...(from && { from }), ...(to && { to }) };
  for (const [label, count] of await app.store.tallies.count(taskRunTally, within)) {
    const told = readCountedPart(label ?? '');
    if (!told) return null;
    const mayMatch = told.isStarted || (!from && !to);
    if (mayMatch && matchesTaskRun({ state, subflow_runs }, seen(told))) add(counts, told.state_type, count);
  }
  if (state?.type?.any_?.every(isTerminal)) return counts;
  for await (const { task } of app.store.taskRuns.live()) {
    if (matchesTaskRun(filter, task)) add(counts, task.state_type, 1);
  }
  return counts;
}

const RUNS_AT_ONCE = 20;

/** The task runs of flow runs that a filter finds, when nothing more is asked of them than whether they track subflows. */
async function countOfRuns(app: App, filters: FilterEnvelope): Promise<number | null> {
  const { task_runs, ...others } = filters;
  if (!others.flow_runs) return null;
  const { operator: _, subflow_runs, ...asked } = task_runs ?? {};
  if (Object.values(asked).some((criteria) => criteria)) return null;
  const exists = subflow_runs?.exists_ ?? null;
  const subflows = exists === null ? 'too' : exists ? 'alone' : 'not';
  let total = 0;
  for await (const runs of inBatches(matchingRuns(app, others), RUNS_AT_ONCE)) {
    const counts = await Promise.all(runs.map(({ id }) => app.store.taskRuns.countOfFlowRun(id, subflows)));
    total += counts.reduce((sum, count) => sum + count, 0);
  }
  return total;
}

/** The filter on task runs when it asks of what places tell alone; null when a match takes more. */
function toldFilter({ flows, flow_runs, deployments, work_pools, work_pool_queues, task_runs }: FilterEnvelope) {
  if (flows || flow_runs || deployments || work_pools || work_pool_queues) return null;
  const { operator: _, state, start_time, expected_start_time, subflow_runs, ...others } = task_runs ?? {};
  return Object.values(others).some((criteria) => criteria) ? null : (task_runs ?? {});
}

/**
 * The matching task runs as their places tell them, in no order, those that have not ended from their documents: of starts from `from` to
 * `to`, bounds that every match keeps. Null when places do not tell enough.
 */
export async function toldTaskRuns(
  app: App,
  filters: FilterEnvelope,
  bounds: { from: string; to?: string },
): Promise<TaskRun[] | null> {
  const filter = toldFilter(filters);
  if (!filter) return null;
  const told: TaskRun[] = [];
  for (const place of await app.store.taskRuns.endedPlaces([...TERMINAL_STATE_TYPES], bounds)) {
    const task = readTaskRunPlace(place);
    if (!task) return null;
    if (matchesTaskRun(filter, seen(task))) told.push(seen(task));
  }
  const types = filter.operator === 'or_' ? null : filter.state?.type?.any_;
  if (types?.every(isTerminal)) return told;
  for await (const { task } of app.store.taskRuns.live()) if (matchesTaskRun(filter, task)) told.push(task);
  return told;
}

/** A place as filters and histories look at it; what it does not tell, none of them may ask. */
function seen({ isSubflow, ...told }: Partial<ToldTaskRun> & Pick<ToldTaskRun, 'isSubflow'>): TaskRun {
  return { ...told, state: { state_details: { child_flow_run_id: isSubflow ? 'some' : null } } } as TaskRun;
}
