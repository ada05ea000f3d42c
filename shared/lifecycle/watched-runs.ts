import { ConflictError } from '../domain/errors.ts';
import type { FlowRunDocument } from '../domain/flow-run-life.ts';
import type { App } from '../operations/app.ts';
import { keys } from '../store/keys.ts';

/** What a firing of the watch's schedule carries. */
export interface WatchInput {
  readonly pool_id: string;
  readonly generation: number;
}

/** The item of a pool's watch. The schedule's name contains the generation, so that an old one can only take itself away. */
interface Watch {
  readonly generation: number;
  readonly on: boolean;
  /** One look at a time. */
  readonly leasedUntil: string | null;
}

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

const EVERY_SECONDS = 60;
const LEASE_SECONDS = 45;
/** A watch that is on and has not looked for this long has lost its schedule. */
const LOST_SECONDS = 300;
const ACTIVE = 'ACTIVE#';

const watchKey = (poolId: string) => keys.below('workPool', poolId, 'WATCH');
const activeKey = (poolId: string, flowRunId: string) => keys.below('workPool', poolId, `${ACTIVE}${flowRunId}`);
const scheduleName = ({ pool_id, generation }: WatchInput): string => `watch-${pool_id}-${generation}`;

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

/** The schedule comes before the item that names it: a process that dies in between leaves one that takes itself away. */
async function turnOn(app: App, poolId: string, functionName: string): Promise<void> {
  const stored = await app.store.table.get<Watch>(watchKey(poolId));
  const watch = stored?.doc ?? { generation: 0, on: false, leasedUntil: null };
  const looked = watch.leasedUntil ? new Date(watch.leasedUntil).getTime() : 0;
  const now = app.clock.now().getTime();
  const lost = watch.on && watch.leasedUntil !== null && now - looked > LOST_SECONDS * 1000;
  if (watch.on && !lost) return;
  const generation = watch.generation + 1;
  const input: WatchInput = { pool_id: poolId, generation };
  await app.timers.repeat(scheduleName(input), EVERY_SECONDS, functionName, { step: 'watch', input });
  const leasedUntil = new Date(now).toISOString();
  const write = { key: watchKey(poolId), doc: { generation, on: true, leasedUntil } };
  try {
    await (stored ? app.store.table.replace(stored, write) : app.store.table.create(write));
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error; // another run has turned it on, or a look has begun
    await turnOn(app, poolId, functionName);
  }
}

/** False when it is not this schedule's turn: superseded (then it takes itself away), or another look is under way. */
export async function leaseWatch(app: App, input: WatchInput): Promise<boolean> {
  const now = app.clock.now();
  const leasedUntil = new Date(now.getTime() + LEASE_SECONDS * 1000).toISOString();
  let outcome = 'superseded' as 'ours' | 'busy' | 'superseded';
  await app.store.table.update<Watch>(watchKey(input.pool_id), (watch, stored) => {
    const ours = watch.generation === input.generation;
    outcome = !ours && watch.generation > input.generation ? 'superseded' : 'ours';
    if (ours && watch.on && watch.leasedUntil && new Date(watch.leasedUntil) > now) outcome = 'busy';
    if (outcome !== 'ours') return null;
    return { key: stored.key, doc: { generation: input.generation, on: true, leasedUntil } };
  });
  if (outcome === 'superseded') await app.timers.cancel(scheduleName(input));
  return outcome === 'ours';
}

/**
 * Nothing is left to watch. A run that adds itself meanwhile either finds the watch off and turns the next one on, or is seen by
 * the second look and keeps this one.
 */
export async function turnOffWhenIdle(app: App, input: WatchInput): Promise<void> {
  const set = (on: boolean) =>
    app.store.table.update<Watch>(watchKey(input.pool_id), (watch, stored) =>
      watch.generation === input.generation ? { key: stored.key, doc: { ...watch, on } } : null,
    );
  await set(false);
  if ((await activeRuns(app, input.pool_id)).length > 0) return void (await set(true));
  await app.timers.cancel(scheduleName(input));
}

/** The runs of a pool whose containers may live; entries of attempts that are over go on the way. */
export async function watchedRuns(app: App, poolId: string): Promise<Watched[]> {
  const watched: Watched[] = [];
  const active = await activeRuns(app, poolId);
  const docs = await app.store.flowRuns.getMany(active.map(({ flow_run_id }) => flow_run_id));
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
  const { pk } = watchKey(poolId);
  let page = await app.store.table.query<ActiveRun>({ pk, prefix: ACTIVE });
  for (;;) {
    found.push(...page.items.map(({ doc }) => doc));
    if (!page.next) return found;
    page = await app.store.table.query<ActiveRun>({ pk, prefix: ACTIVE, after: page.next });
  }
}
