import type { FilterEnvelope, FlowRunFilter } from '../../api/schemas/filters.ts';
import type { FlowRunSort } from '../../api/schemas/flow-runs.ts';
import type { FlowRun } from '../../domain/flow-run.ts';
import { type LabelledRun, readFlowRunLabel } from '../../domain/flow-run-label.ts';
import { isTerminal, STATE_TYPES } from '../../domain/states.ts';
import { flowRunTallies } from '../../store/flow-runs.ts';
import type { Counts } from '../../store/tallies.ts';
import type { App } from '../app.ts';
import { matchesFlowRun } from '../filters/flow-runs.ts';
import { matchesWorkPool, matchesWorkQueue } from '../filters/work-pools.ts';
import { countRows, type Paginated, pageSize, paginated } from '../lists/filtering.ts';
import { filterFlowRuns, matchingRuns } from './flow-run-lists.ts';
import type { FlowRunResponse } from './flow-run-response.ts';

/**
 * `POST /flow_runs/count`. The counts that pages ask for again and again come from tallies and cost the same however long the history
 * is: all runs, or those of work pools and queues, of deployments or of flows; of states, subflows or not, in a span of expected
 * starts. Every other filter is counted by reading what matches.
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

/** What is counted by its places: the runs of lists, those of some queues alone where `queues` names them. */
interface Counted {
  readonly counts: readonly Counts[];
  /** False where only how many there are was asked for. */
  readonly labels: boolean;
  readonly queues: ReadonlySet<string> | null;
  /** Null for all runs. */
  readonly owns: ((run: FlowRun) => boolean) | null;
}

/** Null when tallies cannot answer exactly. */
async function countByTallies(app: App, filters: FilterEnvelope): Promise<number | null> {
  const { flow_runs, task_runs } = filters;
  if (task_runs || (flow_runs && !isTallied(flow_runs))) return null;
  const counted = await countedRuns(app, filters);
  if (!counted) return null;
  if (!counted.labels) return sum(counted.counts.flatMap((counts) => [...counts.values()]));
  const labelled = labelledRuns(counted);
  if (!labelled || (flow_runs?.state?.name && labelled.some(({ run }) => run.state && run.state.name === null))) {
    return null;
  }
  const total = (wanted: (run: LabelledRun) => boolean) =>
    labelled.reduce((sum, { run, count }) => (wanted(run) ? sum + count : sum), 0);
  if (!flow_runs?.state) return total((run) => matchesLabel(flow_runs, run));
  const ended = total((run) => run.state !== null && matchesLabel(flow_runs, run));
  const completed = { type: 'COMPLETED', name: 'Completed' } as const;
  if (!counted.owns || !matchesFlowRun({ state: flow_runs.state }, seen({ ...NOT_TOLD, state: completed }))) {
    return ended + (await countLive(app, counted, flow_runs, flow_runs));
  }
  // In an owner's list the completed ones are told from those that have not ended by looking at the latter.
  const { state: _, ...others } = flow_runs;
  const untold = total((run) => run.state === null && matchesLabel(others, run));
  const [live, matching] = [await countLive(app, counted, others), await countLive(app, counted, flow_runs, flow_runs)];
  return ended + Math.max(0, untold - live) + matching;
}

/** The list that holds every match and little else that its labels do not tell apart; null when there is none. */
async function countedRuns(app: App, filters: FilterEnvelope): Promise<Counted | null> {
  const { flows, deployments, flow_runs, work_pools, work_pool_queues } = filters;
  const { tallies } = app.store;
  const { after_: from, before_: to } = flow_runs?.expected_start_time ?? {};
  const within = { ...(from && { from }), ...(to && { to }) };
  const [ofFlows, ofDeployments] = [onlyIds(flows), onlyIds(deployments)];
  if (!ofFlows || !ofDeployments) return null;
  const ids = [flows && ofFlows, deployments && ofDeployments, flow_runs?.deployment_id?.any_].filter((list) => list);
  const ofQueues = work_pools || work_pool_queues;
  if (ids.length + (ofQueues ? 1 : 0) > 1) return null;
  const queues = ofQueues ? await queuesOf(app, filters) : null;
  const labels = Boolean(queues || flow_runs?.state || flow_runs?.parent_task_run_id);
  if (ids.length === 0) {
    return { counts: [await tallies.count(flowRunTallies.all, within, labels)], labels, queues, owns: null };
  }
  const found = unique(
    flows
      ? (await app.store.flows.getMany(unique(ofFlows))).map(({ id }) => id)
      : deployments
        ? (await app.store.deployments.getMany(unique(ofDeployments))).map(({ id }) => id)
        : (flow_runs?.deployment_id?.any_ ?? []),
  );
  const counts: Counts[] = [];
  for (const id of found) {
    const list = flows ? flowRunTallies.ofFlow(id) : flowRunTallies.ofDeployment(id);
    counts.push(await tallies.count(list, within, labels));
  }
  const owns = (run: FlowRun) => found.includes((flows ? run.flow_id : run.deployment_id) ?? '');
  return { counts, labels, queues, owns };
}

/** The ids of the work queues that the filters on pools and queues find; there are few. */
async function queuesOf(app: App, { work_pools, work_pool_queues }: FilterEnvelope): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const pool of app.store.workPools.list()) {
    if (!matchesWorkPool(work_pools, pool)) continue;
    for (const queue of await app.store.workQueues.ofPool(pool.id)) {
      if (matchesWorkQueue(work_pool_queues, queue)) found.add(queue.id);
    }
  }
  return found;
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

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const unique = (ids: readonly string[]): string[] => [...new Set(ids)];

/** The labels of the counted places; null when one does not tell: it was written before places had labels. */
function labelledRuns({ counts, queues }: Counted): { run: LabelledRun; count: number }[] | null {
  const labelled: { run: LabelledRun; count: number }[] = [];
  for (const [label, count] of counts.flatMap((each) => [...each])) {
    const run = label === null ? null : readFlowRunLabel(label);
    if (!run) return null;
    if (!queues || queues.has(run.workQueueId ?? '')) labelled.push({ run, count });
  }
  return labelled;
}

const NOT_TOLD: LabelledRun = { isSubflow: false, workQueueId: null, state: null };

/** What of a run its label tells, as a filter looks at it. */
function seen({ isSubflow, state }: LabelledRun): FlowRun {
  const told: Pick<FlowRun, 'state_type' | 'state_name' | 'parent_task_run_id'> = {
    state_type: state?.type ?? null,
    state_name: state?.name ?? null,
    parent_task_run_id: isSubflow ? 'some' : null,
  };
  return told as FlowRun;
}

function matchesLabel(filter: FlowRunFilter | null | undefined, run: LabelledRun): boolean {
  const { state, parent_task_run_id } = filter ?? {};
  return matchesFlowRun({ state, parent_task_run_id }, seen(run));
}

/** Runs that have not ended are as many as stand now: they are looked at one by one. `typed` tells the states to look for. */
async function countLive(
  app: App,
  { queues, owns }: Counted,
  filter: FlowRunFilter,
  typed: FlowRunFilter = {},
): Promise<number> {
  const wanted = typed.state?.operator === 'or_' ? null : typed.state?.type?.any_;
  const types = (wanted ?? STATE_TYPES).filter((type) => !isTerminal(type));
  let count = 0;
  if (types.length === 0) return count;
  for await (const { run } of app.store.flowRuns.byStates(types, {})) {
    const isOurs = (!queues || queues.has(run.work_queue_id ?? '')) && (!owns || owns(run));
    if (isOurs && matchesFlowRun(filter, run)) count++;
  }
  return count;
}
