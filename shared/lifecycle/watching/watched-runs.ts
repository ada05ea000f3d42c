import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import { type App, timestamp } from '../../operations/app.ts';
import { keys } from '../../store/keys.ts';
import { notePlaces } from './places.ts';
import { setWatch, takeAway, turnOn, type WatchInput } from './watch-item.ts';

/** An active run, as it was entered. */
interface ActiveRun {
  readonly flow_run_id: string;
  readonly attempt: number;
  readonly entered_at: string;
}

/** Whoever enters an attempt opens it at once; one that has not been opened by then is entered anew when it is. */
const UNOPENED_SECONDS = 300;

const ACTIVE = 'ACTIVE#';
const activeKey = (poolId: string, flowRunId: string) => keys.below('workPool', poolId, `${ACTIVE}${flowRunId}`);

/**
 * Adds an attempt that is about to be opened to what its pool's watch looks at and makes sure that the watch is on: before there is
 * an open attempt, so that neither a container nor a run whose execution ends can be missed (decision 064). Safe to run twice.
 */
export async function joinWatch(app: App, { id, run, life }: FlowRunDocument): Promise<void> {
  const { work_pool_id: poolId } = run;
  const push = life.push ?? '';
  const functionName = app.settings.targets[push];
  if (!poolId || !functionName || app.settings.reportsEnds?.includes(push)) return;
  const active: ActiveRun = { flow_run_id: id, attempt: life.attempt, entered_at: timestamp(app) };
  await app.store.table.put({ key: activeKey(poolId, id), doc: active });
  await turnOn(app, poolId, functionName);
}

/**
 * Nothing is left to watch. A run that adds itself meanwhile either finds the watch off and turns the next one on, or is seen by
 * the second look and keeps this one.
 */
export async function turnOffWhenIdle(app: App, input: WatchInput): Promise<void> {
  await setWatch(app, input, false);
  if ((await activeRuns(app, input.pool_id)).length > 0) return setWatch(app, input, true);
  await takeAway(app, input);
}

/**
 * The runs of a pool whose containers may live; entries of attempts that are over go on the way. Where containers are is
 * remembered for the sweep.
 */
export async function watchedRuns(app: App, poolId: string): Promise<FlowRunDocument[]> {
  const watched: FlowRunDocument[] = [];
  const active = await activeRuns(app, poolId);
  const docs = await app.store.flowRuns.getMany(active.map(({ flow_run_id }) => flow_run_id));
  await notePlaces(app, poolId, docs);
  const byId = new Map(docs.map((doc) => [doc.id, doc]));
  for (const entry of active) {
    const doc = byId.get(entry.flow_run_id);
    if (!doc || isOver(app, entry, doc)) await app.store.table.remove(activeKey(poolId, entry.flow_run_id));
    else watched.push(doc);
  }
  return watched;
}

function isOver(app: App, { attempt, entered_at }: ActiveRun, { life }: FlowRunDocument): boolean {
  if (life.attempt !== attempt || (life.phase === 'closed' && life.ended)) return true;
  return life.phase === 'waiting' && app.clock.now().getTime() - Date.parse(entered_at) > UNOPENED_SECONDS * 1000;
}

async function activeRuns(app: App, poolId: string): Promise<ActiveRun[]> {
  const found: ActiveRun[] = [];
  const { pk } = activeKey(poolId, '');
  let page = await app.store.table.query<ActiveRun>({ pk, prefix: ACTIVE });
  for (;;) {
    found.push(...page.items.map(({ doc }) => doc));
    if (!page.next) return found;
    page = await app.store.table.query<ActiveRun>({ pk, prefix: ACTIVE, after: page.next });
  }
}
