import { flowRunOfWait, priorityOfWait } from '../../domain/concurrency/flow-run-slots.ts';
import { ConflictError } from '../../domain/errors.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { WorkQueue } from '../../domain/work-pool.ts';
import type { SlotLimit } from '../../store/slot-ledger.ts';
import type { App } from '../app.ts';
import { setWakeTimer } from '../events/timer-events.ts';
import { readPlace, type SlotPlace } from './slot-places.ts';

/** Releases that came while a pass was made; after so many the last one's own pass does the rest. */
const PASSES = 20;
/** The end of a limit can wake a thousand runs while its caller waits. */
const AT_ONCE = 25;

/**
 * Wakes those who wait for an owner's slots, first in order first, until as many are awake as there are free slots (rule 18).
 * What is owed is cleared only after that. May be called at any time and by many at once: being woken costs a run one look.
 * This one pass is what a release, a raised or deleted limit, and the end of a pause or of a waiting run all call.
 */
export async function wakeNext(app: App, owner: string): Promise<void> {
  for (let pass = 1; pass <= PASSES; pass++) {
    const owed = await app.store.slots.wakesOwed(owner);
    const place = await readPlace(app, owner);
    if (place?.limit) await followLimit(app, place.limit);
    if (await wakeAsManyAs(app, owner, await freeSlots(app, place))) {
      if (await app.store.slots.clearWakes(owner, owed, true)) return;
      continue;
    }
    // Nobody waits. Whoever begins to after this says so again; whoever began before it is seen by the second look.
    await app.store.slots.unmarkAwaited(owner, owed.length);
    if (await anybodyWaits(app, owner)) {
      if (place?.limit) await app.store.slots.markAwaited(place.limit, app.clock.now());
      continue;
    }
    if (await app.store.slots.clearWakes(owner, owed, false)) return;
  }
}

/**
 * While runs wait for slots that are held under leases, somebody looks when the first of these ends (leases that nobody
 * renews give nothing back by themselves). Nothing is set while nobody waits or all holders are runs. May be repeated.
 */
export async function lookWhenLeaseEnds(app: App, owner: string): Promise<void> {
  if (!(await anybodyWaits(app, owner))) return;
  const holders = await app.store.slots.holders(owner, app.clock.now());
  const ends = holders.flatMap(({ expires }) => (expires === null ? [] : [expires.getTime()]));
  if (ends.length > 0) await setWakeTimer(app, owner, new Date(Math.min(...ends)));
}

/** Makes the ledger give slots by the limit as it is now, if it has been asked for any. */
export async function followLimit(app: App, limit: SlotLimit): Promise<void> {
  if ((await app.store.slots.shards(limit.owner)).length === 0) return;
  try {
    await app.store.slots.resize(limit);
  } catch (error) {
    // It was changed once more, and whoever did that comes this way as well.
    if (!(error instanceof ConflictError) || error.code !== 'changed') throw error;
  }
}

async function freeSlots(app: App, place: SlotPlace | null): Promise<number> {
  if (place?.paused) return 0;
  if (!place?.limit) return Number.POSITIVE_INFINITY;
  return (await app.store.slots.look(place.limit, app.clock.now())).free;
}

/** True when somebody waits, woken or not. */
async function wakeAsManyAs(app: App, owner: string, free: number): Promise<boolean> {
  let woken = 0;
  let next: string[] = [];
  const wakeThese = async () => {
    const waiting = await Promise.all(next.map((sort) => wake(app, owner, sort)));
    woken += waiting.filter((waits) => waits).length;
    next = [];
  };
  for await (const sort of app.store.slotWaits.inOrder(owner)) {
    if (woken >= free) return true;
    next.push(sort);
    if (next.length === Math.min(AT_ONCE, free - woken)) await wakeThese();
  }
  await wakeThese();
  return woken > 0;
}

/** False when the entry's run does not wait there any more. */
async function wake(app: App, owner: string, sort: string): Promise<boolean> {
  const doc = await waitingRun(app, owner, sort);
  if (doc?.life.token?.waitsFor === 'slot') await app.engine.signal(doc.life.token.value, { reason: 'slot' });
  return doc !== null;
}

async function anybodyWaits(app: App, owner: string): Promise<boolean> {
  for await (const _ of app.store.slotWaits.inOrder(owner)) return true;
  return false;
}

/** How many other runs wait before a place in the order; stops at `enough`. */
export async function waitingBefore(app: App, owner: string, sort: string, enough: number): Promise<number> {
  let count = 0;
  for await (const ahead of app.store.slotWaits.inOrder(owner, sort)) {
    if (count >= enough) break;
    if (flowRunOfWait(ahead) === flowRunOfWait(sort)) continue;
    if (await waitingRun(app, owner, ahead)) count++;
  }
  return count;
}

/** Has the runs that wait for a pool's slots take their places anew after the priorities of its queues were changed. */
export async function reorderWaits(app: App, owner: string, queues: readonly WorkQueue[]): Promise<void> {
  const priorities = new Map(queues.map(({ id, priority }) => [id, priority]));
  for await (const sort of app.store.slotWaits.inOrder(owner)) {
    const doc = await waitingRun(app, owner, sort);
    const priority = priorities.get(doc?.run.work_queue_id ?? '');
    if (!doc?.life.token || priority === undefined || priorityOfWait(sort) === priority) continue;
    await app.engine.signal(doc.life.token.value, { reason: 'priority' });
  }
}

/** The run of an entry; null, and the entry goes, when it does not wait there any more. */
async function waitingRun(app: App, owner: string, sort: string): Promise<FlowRunDocument | null> {
  const doc = await app.store.flowRuns.get(flowRunOfWait(sort));
  const wait = doc?.life.slotWait;
  if (wait?.owner === owner && wait.sort === sort && !doc?.life.tombstone) return doc;
  await app.store.slotWaits.remove(owner, sort);
  return null;
}
