import type { FilterEnvelope, FlowRunFilter } from '../../api/schemas/filters.ts';
import type { FlowRun } from '../../domain/flow-run.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import { isTerminal, type StateType } from '../../domain/states.ts';
import type { ListOrder } from '../../store/merged-list.ts';
import type { App } from '../app.ts';
import { shorterOf } from '../lists/first-to-finish.ts';

/** The orders in which an index holds all runs. */
export type RunOrder = 'expected' | 'start' | 'id';

type Docs = AsyncIterable<FlowRunDocument>;
/** In which direction, and how many rows are likely to be read. */
type Read = Pick<ListOrder, 'descending' | 'wanted'>;
type Conjunction = Omit<FlowRunFilter, 'operator'>;

/** More lists than this are not merged into one: then a wider one is read. */
const MOST_LISTS = 50;

/** All runs in an order, cut to the times that the filter allows; the rest of the filter is for the reader. */
export function everyRun(app: App, filters: FilterEnvelope, order: RunOrder, read: Read): Docs {
  const { flowRuns } = app.store;
  const filter = conjunction(filters);
  if (order === 'id') return flowRuns.byId(read);
  if (order === 'expected') return flowRuns.byTime({ ...read, ...expectedBounds(filter) });
  const started: ListOrder = { ...read, ...startBounds(filter) };
  const types = stateTypes(filter);
  return types ? flowRuns.byStates(types, started) : flowRuns.byStart(started);
}

/**
 * The runs of the narrowest list that holds every match, and the order they are in; null when only the list of all runs
 *  does. `few`: as many as stand at any time, not as many as there ever were.
 */
export function narrowRuns(
  app: App,
  filters: FilterEnvelope,
  read: Read = {},
): { docs: Docs; order: RunOrder; few?: boolean } | null {
  const { flowRuns } = app.store;
  const filter = conjunction(filters);
  if (filter.id?.any_) return { docs: some(app, filter.id.any_), order: 'id', few: true };
  const parents = unless(filter.parent_task_run_id)?.any_;
  if (parents) return { docs: joined(parents.map((id) => flowRuns.ofParentTask(id))), order: 'id', few: true };
  const bounds: ListOrder = { ...read, ...expectedBounds(filter) };
  const deployments = short(unless(filter.deployment_id)?.any_ ?? unless(filters.deployments)?.id?.any_);
  if (deployments) return { docs: flowRuns.ofDeployments(deployments, bounds), order: 'expected' };
  const flows = short(unless(filters.flows)?.id?.any_);
  if (flows) return { docs: flowRuns.ofFlows(flows, bounds), order: 'expected' };
  const tags = tagsOf(filter);
  if (tags) return { docs: flowRuns.ofTags(tags, read), order: 'id' };
  const types = stateTypes(filter);
  const start = startBounds(filter);
  if (types) {
    return { docs: flowRuns.byStates(types, { ...read, ...start }), order: 'start', few: !types.some(isTerminal) };
  }
  if (filter.expected_start_time?.after_) return { docs: flowRuns.byTime(bounds), order: 'expected' };
  if (start.from) return { docs: flowRuns.byStart({ ...read, ...start }), order: 'start' };
  return null;
}

/** All candidates of the list that is read to its end first, in no order: for what looks at every match. */
export function fewestRuns(app: App, filters: FilterEnvelope, within: Pick<ListOrder, 'from' | 'to'> = {}): Docs {
  const narrow = narrowRuns(app, filters);
  const bounds = { ...within, ...expectedBounds(conjunction(filters)) };
  if (!narrow) return app.store.flowRuns.byTime(bounds);
  // A tag's list is of all times.
  return narrow.order === 'id' && !narrow.few && bounds.from !== undefined
    ? shorterOf(narrow.docs, app.store.flowRuns.byTime(bounds))
    : narrow.docs;
}

/**
 * Candidates for the filter on flow runs among those of one flow or deployment, newest first. Where the filter itself names a list of
 * runs that stand now, or of rare ends in a span of time, that one is read once for all owners.
 */
export function runsOfOwner(app: App, { flow_runs }: FilterEnvelope) {
  const filter = conjunction({ flow_runs });
  const types = stateTypes(filter);
  const isRare = types?.every((type) => !isTerminal(type) || (type !== 'COMPLETED' && startBounds(filter).from));
  let rare: Promise<FlowRun[]> | undefined;
  return async (owner: 'flow_id' | 'deployment_id', id: string): Promise<AsyncIterable<FlowRun> | FlowRun[]> => {
    if (types && isRare) {
      rare ??= all(app.store.flowRuns.byStates(types, startBounds(filter)));
      return (await rare).filter((run) => run[owner] === id);
    }
    const order = { descending: true, ...expectedBounds(filter) };
    return runsOf(app.store.flowRuns[owner === 'flow_id' ? 'ofFlows' : 'ofDeployments']([id], order));
  };
}

async function all(docs: Docs): Promise<FlowRun[]> {
  const runs: FlowRun[] = [];
  for await (const { run } of docs) runs.push(run);
  return runs;
}

export async function* runsOf(docs: Docs): AsyncGenerator<FlowRun> {
  for await (const doc of docs) yield doc.run;
}

/** The filter on flow runs, if all of it must hold; nothing otherwise. */
function conjunction({ flow_runs: filter }: FilterEnvelope): Conjunction {
  return unless(filter) ?? {};
}

/** Criteria of which all must hold; null for alternatives. */
function unless<Criteria extends { operator?: 'and_' | 'or_' | null | undefined }>(
  criteria: Criteria | null | undefined,
): Criteria | null {
  return criteria && criteria.operator !== 'or_' ? criteria : null;
}

const short = (ids: string[] | null | undefined): string[] | null => (ids && ids.length <= MOST_LISTS ? ids : null);

function stateTypes(filter: Conjunction): StateType[] | null {
  const state = unless(filter.state);
  if (state?.type?.any_) return state.type.any_;
  const types = state?.name?.any_?.map((name) => SERVERS_NAMES.get(name));
  return types?.every((type) => type !== undefined) ? [...new Set(types)] : null;
}

/** Names that only the server gives, and the type it gives them to: few runs have them, and pages ask for them by name. */
const SERVERS_NAMES = new Map<string, StateType>([
  ['Late', 'SCHEDULED'],
  ['AwaitingRetry', 'SCHEDULED'],
  ['AwaitingConcurrencySlot', 'SCHEDULED'],
]);

/** One of these every match has. */
function tagsOf(filter: Conjunction): string[] | null {
  const tags = unless(filter.tags);
  if (tags?.all_?.length) return tags.all_.slice(0, 1);
  return short(tags?.any_);
}

function expectedBounds({ expected_start_time: time }: Conjunction): Pick<ListOrder, 'from' | 'to'> {
  return { ...(time?.after_ && { from: time.after_ }), ...(time?.before_ && { to: time.before_ }) };
}

/** In the lists by start and by state a run stands at its start, or where that is expected: never before it is expected. */
function startBounds({ start_time, expected_start_time }: Conjunction): Pick<ListOrder, 'from' | 'to'> {
  const from = start_time?.after_ ?? expected_start_time?.after_;
  return { ...(from && { from }), ...(start_time?.before_ && { to: start_time.before_ }) };
}

async function* some(app: App, ids: readonly string[]): AsyncGenerator<FlowRunDocument> {
  for (const doc of await app.store.flowRuns.getMany([...new Set(ids)])) if (!doc.life.tombstone) yield doc;
}

async function* joined(lists: readonly Docs[]): AsyncGenerator<FlowRunDocument> {
  for (const list of lists) yield* list;
}
