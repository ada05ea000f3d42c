import type { FilterEnvelope } from '../../api/schemas/filters.ts';
import type { FlowRunFilterBody, FlowRunSort } from '../../api/schemas/flow-runs.ts';
import type { FlowRun } from '../../domain/flow-run.ts';
import type { ListOrder } from '../../store/merged-list.ts';
import type { App } from '../app.ts';
import { relatedMatcher } from '../filters/related.ts';
import { byText, lastRow, matching, pageSize, sorted, takePage } from '../lists/filtering.ts';
import { firstToFinish } from '../lists/first-to-finish.ts';
import { everyRun, fewestRuns, narrowRuns, type RunOrder, runsOf } from './flow-run-candidates.ts';
import { type FlowRunResponse, flowRunResponse } from './flow-run-response.ts';

/** `POST /flow_runs/filter`: the narrowest index first, the rest of the filter while reading, no further than the page. */
export async function filterFlowRuns(app: App, body: FlowRunFilterBody): Promise<FlowRunResponse[]> {
  pageSize(body.limit);
  const now = app.clock.now();
  const rows = await takePage(runsInOrder(app, body, body.sort ?? 'ID_DESC', lastRow(body)), body);
  return rows.map((run) => flowRunResponse(run, now));
}

/**
 * Matching runs in the order asked for, exported for the web page: straight from an index that has the order, or from a narrow
 * one, whichever is cheaper; no further than is read. Orders that no index has are sorted. `wanted`: rows that will be read.
 */
export function runsInOrder(
  app: App,
  filters: FilterEnvelope,
  sort: FlowRunSort,
  wanted?: number,
): AsyncIterable<FlowRun> {
  const order = ORDERS[sort];
  const descending = sort.endsWith('DESC');
  const narrow = narrowRuns(app, filters, { descending, ...(wanted !== undefined && { wanted }) });
  if (!order || narrow?.few) return sorted(matchingRuns(app, filters), COMPARE[sort]);
  const related = relatedMatcher(app, filters);
  const matches = (run: FlowRun) => related.flowRun(run);
  if (narrow?.order === order) return matching(runsOf(narrow.docs), matches);
  const all = runsOf(everyRun(app, filters, order, { descending, ...(wanted !== undefined && { wanted }) }));
  return narrow ? firstToFinish(all, runsOf(narrow.docs), matches, COMPARE[sort]) : matching(all, matches);
}

/** Every match, in no order; exported for the routes that act on what a filter finds. `within` bounds the expected start. */
export async function* matchingRuns(
  app: App,
  filters: FilterEnvelope,
  within: Pick<ListOrder, 'from' | 'to'> = {},
): AsyncGenerator<FlowRun> {
  const related = relatedMatcher(app, filters);
  yield* matching(runsOf(fewestRuns(app, filters, within)), (run) => related.flowRun(run));
}

/** The orders that an index has. */
const ORDERS: Partial<Record<FlowRunSort, RunOrder>> = {
  ID_DESC: 'id',
  START_TIME_ASC: 'start',
  START_TIME_DESC: 'start',
  EXPECTED_START_TIME_ASC: 'expected',
  EXPECTED_START_TIME_DESC: 'expected',
};

type Compare = (a: FlowRun, b: FlowRun) => number;
const start = (run: FlowRun) => run.start_time ?? run.expected_start_time;
const by =
  (key: (run: FlowRun) => string | null, direction: 1 | -1): Compare =>
  (a, b) =>
    direction * (byText(key(a), key(b)) || byText(a.id, b.id));

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
