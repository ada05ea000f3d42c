import { holderId } from '../../domain/concurrency/holder-ids.ts';
import { ConflictError } from '../../domain/errors.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { SlotLimit } from '../../store/slot-ledger.ts';
import type { App } from '../app.ts';
import { holderOf } from './slot-owners.ts';

/** A holder that is counted and turns out to be over, or whose counting was interrupted, is forgotten after this time. */
const UNCONFIRMED_SECONDS = 600;

/**
 * Does the write that gives a pool or queue a limit, and counts what is under way when it is its first: before, so that nobody is let in
 * above the limit, and after, for what began meanwhile. `limit` is null when there was one before or there will be none.
 */
export async function countingActiveRuns(
  app: App,
  limit: SlotLimit | null,
  queueIds: readonly string[],
  write: () => Promise<void>,
): Promise<void> {
  if (limit) await adoptActiveRuns(app, limit, queueIds);
  await write();
  try {
    if (limit) await adoptActiveRuns(app, limit, queueIds);
  } catch (error) {
    // It was changed once more: the runs that began in between are not counted.
    if (!(error instanceof ConflictError) || error.code !== 'changed') throw error;
  }
}

/**
 * Counts the runs of push pools that are under way in these queues when a pool or queue gets its first limit, as Prefect does: they
 * took no slot when they began. The slot is counted first, for a while, then written on the run, then counted until the run gives it
 * back; so whatever dies in between, no slot is taken for good by a run that is over. May be repeated.
 */
async function adoptActiveRuns(app: App, limit: SlotLimit, queueIds: readonly string[]): Promise<void> {
  for (const queueId of queueIds) {
    for await (const doc of app.store.flowRuns.activeInQueue(queueId)) {
      if (isUnderWay(doc) && !holds(doc, limit)) await adopt(app, limit, doc);
    }
  }
}

async function adopt(app: App, limit: SlotLimit, { id, life }: FlowRunDocument): Promise<void> {
  const { generation } = life;
  const holder = holderId('run', id, generation);
  const until = new Date(app.clock.now().getTime() + UNCONFIRMED_SECONDS * 1000);
  await app.store.slots.adopt(limit, holderOf(holder, 1, until));
  const after = await app.store.flowRuns.update(id, (doc) => {
    if (!isUnderWay(doc) || doc.life.generation !== generation || holds(doc, limit)) return null;
    const slots = [...(doc.life.slots ?? []), { owner: limit.owner, generation }];
    return { ...doc, life: { ...doc.life, slots } };
  });
  if (after && holds(after, limit)) await app.store.slots.renew(limit.owner, holder, 1, null);
  else await app.store.slots.release(limit.owner, holder, 1);
}

const isUnderWay = ({ life, run }: FlowRunDocument): boolean =>
  life.push !== null && life.phase === 'open' && (run.state_type === 'PENDING' || run.state_type === 'RUNNING');

const holds = ({ life }: FlowRunDocument, { owner }: SlotLimit): boolean =>
  (life.slots ?? []).some((slot) => slot.owner === owner);
