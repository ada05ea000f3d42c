import type { FilterEnvelope, FlowRunFilter } from '../api/schemas/filters.ts';
import type { FlowRunSort } from '../api/schemas/flow-runs.ts';
import type { FlowRun } from '../domain/flow-run.ts';
import { type LabelledRun, readFlowRunLabel } from '../domain/flow-run-label.ts';
import { isTerminal, STATE_TYPES } from '../domain/states.ts';
import { flowRunTallies } from '../store/flow-runs.ts';
import type { Counts } from '../store/tallies.ts';
import type { App } from './app.ts';
import { countRows, type Paginated, pageSize, paginated } from './filtering.ts';
import { matchesFlowRun } from './filters/flow-runs.ts';
import { filterFlowRuns, matchingRuns } from './flow-run-lists.ts';
import type { FlowRunResponse } from './flow-run-response.ts';

/**
 * `POST /flow_runs/count`. The counts that pages ask for again and again come from tallies and cost the same however long the history
 * is: all runs, or those of states, subflows or not, in a span of expected starts; all of some deployments or flows. Every other
 * filter is counted by reading what matches.
 */
export async function countFlowRuns(app: App, filters: FilterEnvelope): Promise<number> {
  return (await countByTallies(app, filters)) ?? (await countRows(matchingRuns(app, filters)));
}

/** `POST /flow_runs/paginate`: a page of the list, and how many there are in all. */
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

/** Null when tallies cannot answer exactly. */
async function countByTallies(app: App, filters: FilterEnvelope): Promise<number | null> {
  const { flows, deployments, flow_runs, ...others } = filters;
  const foreign = [others.task_runs, others.work_pools, others.work_pool_queues];
  if (foreign.some((filter) => filter) || (flow_runs && !isTallied(flow_runs))) return null;
  const { tallies } = app.store;
  const { after_: from, before_: to } = flow_runs?.expected_start_time ?? {};
  const within = { ...(from && { from }), ...(to && { to }) };
  const [ofFlows, ofDeployments] = [onlyIds(flows), onlyIds(deployments)];
  if (!ofFlows || !ofDeployments) return null;
  const ids = [flows && ofFlows, deployments && ofDeployments, flow_runs?.deployment_id?.any_].filter((list) => list);
  if (ids.length > 1 || (ids.length === 1 && flow_runs?.state)) return null;

  if (ids.length === 0) {
    const counts = await tallies.count(flowRunTallies.all, within);
    const ended = sum(counts, ({ state }) => state !== null, flow_runs);
    const live = flow_runs?.state
      ? await countLive(app, flow_runs)
      : sum(counts, ({ state }) => state === null, flow_runs);
    return ended === null || live === null ? null : ended + live;
  }
  const owners = flows
    ? (await app.store.flows.getMany(unique(ofFlows))).map(({ id }) => flowRunTallies.ofFlow(id))
    : deployments
      ? (await app.store.deployments.getMany(unique(ofDeployments))).map(({ id }) => flowRunTallies.ofDeployment(id))
      : unique(flow_runs?.deployment_id?.any_ ?? []).map(flowRunTallies.ofDeployment);
  let total = 0;
  for (const owner of owners) {
    const counted = sum(await tallies.count(owner, within), () => true, flow_runs);
    if (counted === null) return null;
    total += counted;
  }
  return total;
}

const TALLIED: readonly (keyof FlowRunFilter)[] = [
  'operator',
  'state',
  'expected_start_time',
  'deployment_id',
  'parent_task_run_id',
];

/** Only criteria of which a place in a list tells whether they hold. */
function isTallied(filter: FlowRunFilter): boolean {
  const set = Object.entries(filter).filter(([, criteria]) => criteria !== null && criteria !== undefined);
  const known = set.every(([name]) => TALLIED.includes(name as keyof FlowRunFilter));
  return known && filter.operator !== 'or_' && onlyAny(filter.deployment_id) && !filter.parent_task_run_id?.any_;
}

const onlyAny = (criteria: FlowRunFilter['deployment_id']): boolean =>
  !criteria || (Boolean(criteria.any_) && criteria.operator !== 'or_' && (criteria.is_null_ ?? null) === null);

/** The ids that a filter consists of, none for no filter; null when there is more to it. */
function onlyIds(filter: FilterEnvelope['flows'] | FilterEnvelope['deployments']): readonly string[] | null {
  if (!filter) return [];
  const { id, operator, ...others } = filter;
  if (operator === 'or_' || Object.values(others).some((criteria) => criteria)) return null;
  return id?.any_ && !('not_any_' in id && id.not_any_) ? id.any_ : null;
}

const unique = (ids: readonly string[]): string[] => [...new Set(ids)];

/** The places that are `wanted` and match; null when a label does not tell. */
function sum(
  counts: Counts,
  wanted: (run: LabelledRun) => boolean,
  filter: FlowRunFilter | null | undefined,
): number | null {
  const { state, parent_task_run_id } = filter ?? {};
  let total = 0;
  for (const [label, count] of counts) {
    const run = label === null ? null : readFlowRunLabel(label);
    if (!run) return null; // written before places had labels
    if (!wanted(run)) continue;
    if (state?.name && run.state?.name === null) return null;
    const seen = {
      state_type: run.state?.type ?? null,
      state_name: run.state?.name ?? null,
      parent_task_run_id: run.isSubflow ? 'some' : null,
    } as Pick<FlowRun, 'state_type' | 'state_name' | 'parent_task_run_id'>;
    if (matchesFlowRun({ state, parent_task_run_id }, seen as FlowRun)) total += count;
  }
  return total;
}

/** Runs that have not ended are as many as stand now: they are looked at one by one. */
async function countLive(app: App, filter: FlowRunFilter): Promise<number> {
  const wanted = filter.state?.operator === 'or_' ? null : filter.state?.type?.any_;
  const types = (wanted ?? STATE_TYPES).filter((type) => !isTerminal(type));
  let count = 0;
  if (types.length === 0) return count;
  for await (const { run } of app.store.flowRuns.byStates(types, {})) if (matchesFlowRun(filter, run)) count++;
  return count;
}
