import type { FilterEnvelope, FlowRunFilter } from '../api/schemas/filters.ts';
import type { FlowRunFilterBody, FlowRunSort } from '../api/schemas/flow-runs.ts';
import type { FlowRun } from '../domain/flow-run.ts';
import type { FlowRunDocument } from '../domain/flow-run-life.ts';
import type { StateType } from '../domain/states.ts';
import type { ListOrder } from '../store/merged-list.ts';
import type { App } from './app.ts';
import { byText, countRows, matching, type Paginated, pageSize, paginated, sorted, takePage } from './filtering.ts';
import { relatedMatcher } from './filters/related.ts';
import { type FlowRunResponse, flowRunResponse } from './flow-run-response.ts';

/** `POST /flow_runs/filter`: the narrowest index first, the rest of the filter while reading, no further than the page. */
export async function filterFlowRuns(app: App, body: FlowRunFilterBody): Promise<FlowRunResponse[]> {
  pageSize(body.limit);
  const now = app.clock.now();
  const rows = await takePage(runsInOrder(app, body, body.sort ?? 'ID_DESC'), body);
  return rows.map((run) => flowRunResponse(run, now));
}

export async function countFlowRuns(app: App, filters: FilterEnvelope): Promise<number> {
  return countRows(matchingRuns(app, filters, {}));
}

export async function paginateFlowRuns(
  app: App,
  body: FilterEnvelope & {
    limit?: number | null | undefined;
    page?: number | null | undefined;
    sort?: FlowRunSort | null | undefined;
  },
): Promise<Paginated<FlowRunResponse>> {
  const [limit, page] = [pageSize(body.limit), body.page ?? 1];
  const results = await filterFlowRuns(app, { ...body, limit, offset: (page - 1) * limit });
  return paginated(results, await countFlowRuns(app, body), limit, page);
}

/** Matching runs in the order asked for, exported for the web page: straight from an index where one has that order, sorted otherwise. */
export function runsInOrder(app: App, filters: FilterEnvelope, sort: FlowRunSort): AsyncIterable<FlowRun> {
  const descending = sort.endsWith('DESC');
  if (sort.startsWith('EXPECTED_START_TIME') && !directIds(filters.flow_runs)) {
    return matchingRuns(app, filters, { descending });
  }
  if (sort === 'ID_DESC' && !narrowed(filters)) return matchingRuns(app, filters, { descending }, 'id');
  return sorted(matchingRuns(app, filters, {}), COMPARE[sort]);
}

/** Exported for the routes that act on what a filter finds. */
export async function* matchingRuns(
  app: App,
  filters: FilterEnvelope,
  order: ListOrder,
  by: 'time' | 'id' = 'time',
): AsyncGenerator<FlowRun> {
  const related = relatedMatcher(app, filters);
  const rows = runsOf(candidates(app, filters, order, by));
  yield* matching(rows, (run) => related.flowRun(run));
}

async function* runsOf(docs: AsyncIterable<FlowRunDocument>): AsyncGenerator<FlowRun> {
  for await (const doc of docs) yield doc.run;
}

/** The smallest index range that holds every match. */
function candidates(
  app: App,
  filters: FilterEnvelope,
  order: ListOrder,
  by: 'time' | 'id',
): AsyncIterable<FlowRunDocument> {
  const { flowRuns } = app.store;
  const filter = filters.flow_runs;
  const conjunctive = filter?.operator !== 'or_';
  if (by === 'id') return flowRuns.byId(order);
  if (!filter || !conjunctive) return narrowedByOwner(app, filters, order) ?? flowRuns.byTime(order);
  const ids = directIds(filter);
  if (ids) return some(app, ids);
  const parents = filter.parent_task_run_id?.any_;
  if (parents) return joined(parents.map((id) => flowRuns.ofParentTask(id)));
  const range: ListOrder = {
    ...order,
    ...(filter.expected_start_time?.after_ && { from: filter.expected_start_time.after_ }),
    ...(filter.expected_start_time?.before_ && { to: filter.expected_start_time.before_ }),
  };
  const deployments = filter.deployment_id?.operator === 'or_' ? null : filter.deployment_id?.any_;
  if (deployments?.length === 1) return flowRuns.ofDeployment(deployments[0]!, range);
  const owner = narrowedByOwner(app, filters, range);
  if (owner) return owner;
  const types = stateTypes(filter);
  if (types?.length === 1) return flowRuns.byState(types[0]!, range);
  return flowRuns.byTime(range);
}

function narrowedByOwner(app: App, filters: FilterEnvelope, order: ListOrder): AsyncIterable<FlowRunDocument> | null {
  const flows = filters.flows?.operator === 'or_' ? null : filters.flows?.id?.any_;
  if (flows?.length === 1) return app.store.flowRuns.ofFlow(flows[0]!, order);
  const deployments = filters.deployments?.operator === 'or_' ? null : filters.deployments?.id?.any_;
  if (deployments?.length === 1) return app.store.flowRuns.ofDeployment(deployments[0]!, order);
  return null;
}

/** True when an index other than the one of all runs serves the filter. */
function narrowed(filters: FilterEnvelope): boolean {
  const filter = filters.flow_runs;
  return Boolean(
    directIds(filter) ||
      filter?.parent_task_run_id?.any_ ||
      filter?.deployment_id?.any_ ||
      filter?.expected_start_time ||
      filters.flows?.id?.any_ ||
      filters.deployments?.id?.any_ ||
      stateTypes(filter),
  );
}

function directIds(filter: FlowRunFilter | null | undefined): string[] | null {
  return filter && filter.operator !== 'or_' ? (filter.id?.any_ ?? null) : null;
}

function stateTypes(filter: FlowRunFilter | null | undefined): StateType[] | null {
  return filter?.state && filter.state.operator !== 'or_' ? (filter.state.type?.any_ ?? null) : null;
}

async function* some(app: App, ids: readonly string[]): AsyncGenerator<FlowRunDocument> {
  for (const doc of await app.store.flowRuns.getMany([...new Set(ids)])) if (!doc.life.tombstone) yield doc;
}

async function* joined(lists: readonly AsyncIterable<FlowRunDocument>[]): AsyncGenerator<FlowRunDocument> {
  for (const list of lists) yield* list;
}

type Compare = (a: FlowRun, b: FlowRun) => number;
const start = (run: FlowRun) => run.start_time ?? run.expected_start_time;
const by =
  (key: (run: FlowRun) => string | null, direction: 1 | -1): Compare =>
  (a, b) =>
    direction * byText(key(a), key(b)) || byText(b.id, a.id);

const COMPARE: Record<FlowRunSort, Compare> = {
  ID_DESC: by((run) => run.id, -1),
  START_TIME_ASC: by(start, 1),
  START_TIME_DESC: by(start, -1),
  EXPECTED_START_TIME_ASC: by((run) => run.expected_start_time, 1),
  EXPECTED_START_TIME_DESC: by((run) => run.expected_start_time, -1),
  NAME_ASC: by((run) => run.name, 1),
  NAME_DESC: by((run) => run.name, -1),
  NEXT_SCHEDULED_START_TIME_ASC: by((run) => run.next_scheduled_start_time, 1),
  END_TIME_DESC: by((run) => run.end_time, -1),
};
