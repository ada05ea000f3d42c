import type { Key } from '../store/key.ts';
import { idOf, isBucketKey, isQueuedTaskKey, KINDS, ownerOfSlots } from '../store/keys.ts';
import type { App } from './app.ts';
import { settleBucket } from './automations/automation-buckets.ts';
import { performFiring } from './automations/perform-firing.ts';
import { wakeNext } from './concurrency/slot-wakes.ts';
import { performEffects } from './flow-runs/pending-effects.ts';
import { settleSchedules } from './schedules/settle-schedules.ts';
import { settleQueuedTask } from './task-runs/background-tasks.ts';

/** Does what one item owes: a flow run its effects, a deployment the runs of its schedules, the slots of a limit a wake, a background task its worker. */
export async function repairItem(app: App, key: Key): Promise<void> {
  const owner = ownerOfSlots(key);
  if (owner) return wakeNext(app, owner);
  if (key.pk.startsWith(`${KINDS.deployment}#`)) return settleSchedules(app, idOf(key));
  if (key.pk.startsWith(`${KINDS.automationFiring}#`)) return performFiring(app, idOf(key));
  if (isBucketKey(key)) return settleBucket(app, key);
  if (isQueuedTaskKey(key)) return settleQueuedTask(app, key);
  if (!key.pk.startsWith(`${KINDS.flowRun}#`)) return;
  const stored = await app.store.flowRuns.read(idOf(key));
  if (stored && stored.doc.life.pending.length > 0) await performEffects(app, stored);
}

/** Does what any item owes: at the local home's start and after a recovery. Reads the whole table. */
export async function repairAll(app: App): Promise<number> {
  let repaired = 0;
  for await (const key of app.store.table.pendingItems()) {
    await repairItem(app, key);
    repaired++;
  }
  return repaired;
}
