import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { App } from '../../operations/app.ts';
import { keys } from '../../store/keys.ts';
import { notePlaces } from './places.ts';
import { setWatch, takeAway, turnOn, type WatchInput } from './watch-item.ts';

/** An active run, as it added itself. */
interface ActiveRun {
  readonly flow_run_id: string;
  readonly attempt: number;
  /** How long its container may take to start. */
  readonly start_limit_seconds: number;
}

export interface Watched {
  readonly doc: FlowRunDocument;
  readonly startLimitSeconds: number;
}

const ACTIVE = 'ACTIVE#';
const activeKey = (poolId: string, flowRunId: string) => keys.below('workPool', poolId, `${ACTIVE}${flowRunId}`);

/**
 * Adds an attempt to what its pool's watch looks at and makes sure that the watch is on: before the cloud is asked for anything,
 * so that no container can be missed. Safe to run twice.
 */
export async function joinWatch(app: App, doc: FlowRunDocument, start_limit_seconds: number): Promise<void> {
  const { work_pool_id: poolId } = doc.run;
  const functionName = app.settings.targets[doc.life.push ?? ''];
  if (!poolId || !functionName) return;
  const active: ActiveRun = { flow_run_id: doc.id, attempt: doc.life.attempt, start_limit_seconds };
  await app.store.table.put({ key: activeKey(poolId, doc.id), doc: active });
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
export async function watchedRuns(app: App, poolId: string): Promise<Watched[]> {
  const watched: Watched[] = [];
  const active = await activeRuns(app, poolId);
  const docs = await app.store.flowRuns.getMany(active.map(({ flow_run_id }) => flow_run_id));
  await notePlaces(app, poolId, docs);
  const byId = new Map(docs.map((doc) => [doc.id, doc]));
  for (const { flow_run_id, attempt, start_limit_seconds } of active) {
    const doc = byId.get(flow_run_id);
    const over = !doc || doc.life.attempt !== attempt || (doc.life.phase === 'closed' && doc.life.ended);
    if (over) await app.store.table.remove(activeKey(poolId, flow_run_id));
    else watched.push({ doc, startLimitSeconds: start_limit_seconds });
  }
  return watched;
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
