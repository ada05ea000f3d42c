import { ConflictError } from '../../domain/errors.ts';
import type { App } from '../../operations/app.ts';
import { keys } from '../../store/keys.ts';
import { armSweep, disarmSweep, isArmed } from './sweep-timer.ts';

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
  /** When the next sweep is due; it goes on until some time after the watch has turned off. */
  readonly sweepDue?: string | null;
}

const EVERY_SECONDS = 60;
const LEASE_SECONDS = 45;
/** A watch that is on and has not looked for this long has lost its schedule. */
const LOST_SECONDS = 300;
/** A container that nobody saw while its run ended is shown by its cloud by then. */
const QUIET_SECONDS = 120;

const watchKey = (poolId: string) => keys.below('workPool', poolId, 'WATCH');
const scheduleName = ({ pool_id, generation }: WatchInput): string => `watch-${pool_id}-${generation}`;

/**
 * Makes sure that the watch is on and that a sweep follows. The schedule comes before the item that names it: a process that dies
 * in between leaves one that takes itself away. Safe to run twice.
 */
export async function turnOn(app: App, poolId: string, functionName: string): Promise<void> {
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
  const sweepDue = isArmed(app, watch.sweepDue) ? watch.sweepDue : await armSweep(app, poolId, functionName);
  const write = { key: watchKey(poolId), doc: { generation, on: true, leasedUntil, sweepDue } };
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
    return { key: stored.key, doc: { ...watch, generation: input.generation, on: true, leasedUntil } };
  });
  if (outcome === 'superseded') await takeAway(app, input);
  return outcome === 'ours';
}

/** Turns this generation of the watch on or off; a newer one is left. */
export async function setWatch(app: App, input: WatchInput, on: boolean): Promise<void> {
  await app.store.table.update<Watch>(watchKey(input.pool_id), (watch, stored) =>
    watch.generation === input.generation ? { key: stored.key, doc: { ...watch, on } } : null,
  );
}

/** Removes the schedule of this generation. */
export const takeAway = (app: App, input: WatchInput): Promise<void> => app.timers.cancel(scheduleName(input));

/**
 * The sweep under way is followed by another, whatever becomes of it. A pool without an item was never watched: whoever armed the
 * sweep died before the item, and this is the last.
 */
export async function sweepAgain(app: App, poolId: string, functionName: string): Promise<void> {
  if (!(await app.store.table.get(watchKey(poolId)))) return;
  const sweepDue = await armSweep(app, poolId, functionName);
  await app.store.table.update<Watch>(watchKey(poolId), (watch, stored) => ({
    key: stored.key,
    doc: { ...watch, sweepDue },
  }));
}

/**
 * Nothing was left to do: no further sweep once the pool has been quiet for a while. A run that turns the watch on meanwhile finds
 * the sweep gone and arms the next, or keeps this one.
 */
export async function endSweeps(app: App, poolId: string): Promise<void> {
  const quietBefore = app.clock.now().getTime() - QUIET_SECONDS * 1000;
  let ended = false;
  await app.store.table.update<Watch>(watchKey(poolId), (watch, stored) => {
    ended = !watch.on && new Date(watch.leasedUntil ?? 0).getTime() < quietBefore;
    return ended ? { key: stored.key, doc: { ...watch, sweepDue: null } } : null;
  });
  if (ended) await disarmSweep(app, poolId);
}
