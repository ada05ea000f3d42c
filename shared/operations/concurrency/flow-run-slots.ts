import type { HeldSlot } from '../../domain/concurrency/flow-run-slots.ts';
import { holderId } from '../../domain/concurrency/holder-ids.ts';
import type { App } from '../app.ts';
import { wakeNext } from './slot-wakes.ts';

/** Gives back what a flow run holds and wakes who waits for it. Slots of another generation are not touched. May be repeated. */
export async function giveSlotsOfRun(app: App, flowRunId: string, slots: readonly HeldSlot[]): Promise<void> {
  for (const { owner, generation } of slots) {
    const given = await app.store.slots.release(owner, holderId('run', flowRunId, generation), 1);
    if (given.owesWake) await wakeNext(app, owner);
  }
}

/** Takes a run from among those who wait; unless it got what it waited for, the next one's turn has come. May be repeated. */
export async function leaveWait(app: App, owner: string, sort: string, wake: boolean): Promise<void> {
  await app.store.slotWaits.remove(owner, sort);
  if (wake) await wakeNext(app, owner);
}
