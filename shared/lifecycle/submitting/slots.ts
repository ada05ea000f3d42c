import { type HeldSlot, priorityOfWait, waitSort, withoutSlots } from '../../domain/concurrency/flow-run-slots.ts';
import { holderId } from '../../domain/concurrency/holder-ids.ts';
import { ConflictError } from '../../domain/errors.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { App } from '../../operations/app.ts';
import { giveSlotsOfRun } from '../../operations/concurrency/flow-run-slots.ts';
import { holderOf } from '../../operations/concurrency/slot-owners.ts';
import { type PlacesOfRun, placesOfRun, type SlotPlace } from '../../operations/concurrency/slot-places.ts';
import { waitingBefore } from '../../operations/concurrency/slot-wakes.ts';
import { performEffects } from '../../operations/flow-runs/pending-effects.ts';
import type { ExecutionInput } from '../../ports/lifecycle-engine.ts';

/** Whether a run may begin: with the slots it holds now, or why not yet. */
export type Admission = { readonly of: PlacesOfRun } & (
  | { readonly kind: 'admitted'; readonly slots: readonly HeldSlot[] }
  | { readonly kind: 'blocked'; readonly by: SlotPlace }
);

const CHANGES = 5;

/**
 * Takes the slots of queue, pool and deployment for a run that is due, in this order, all or none (rules 18 to 21). Nobody
 * overtakes who waits before them.
 *
 * If run twice: the holder is the run and its generation, so the second call finds what the first took. If the step after
 * crashed: the same; who never comes back is seen to by `giveUnclaimedSlots`.
 */
export async function admit(app: App, doc: FlowRunDocument, generation: number): Promise<Admission> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryAdmit(app, doc, generation);
    } catch (error) {
      if (!(error instanceof ConflictError) || error.code !== 'changed' || attempt >= CHANGES) throw error;
    }
  }
}

async function tryAdmit(app: App, doc: FlowRunDocument, generation: number): Promise<Admission> {
  const of = await placesOfRun(app, doc.run);
  const paused = of.places.find((place) => place.paused);
  if (paused) return { of, kind: 'blocked', by: paused };
  const taken: HeldSlot[] = [];
  for (const place of of.places) {
    if (!place.limit || holds(doc, place)) continue;
    if (await takeInTurn(app, doc, of, place, generation)) {
      taken.push({ owner: place.owner, generation });
      continue;
    }
    await giveSlotsOfRun(app, doc.id, taken);
    return { of, kind: 'blocked', by: place };
  }
  return { of, kind: 'admitted', slots: [...(doc.life.slots ?? []), ...taken] };
}

/** Kept from the attempt before. */
const holds = ({ life }: FlowRunDocument, { owner }: SlotPlace): boolean =>
  (life.slots ?? []).some((slot) => slot.owner === owner);

async function takeInTurn(
  app: App,
  doc: FlowRunDocument,
  of: PlacesOfRun,
  { owner, limit }: SlotPlace,
  generation: number,
): Promise<boolean> {
  const now = app.clock.now();
  const holder = holderOf(holderId('run', doc.id, generation), 1);
  const { free, awaited, holders } = await app.store.slots.look(limit!, now);
  if (holders.some(({ id }) => id === holder.id)) return true;
  if (free === 0) return false;
  if (awaited && (await waitingBefore(app, owner, sortOf(doc, of, owner), free)) >= free) return false;
  return app.store.slots.acquire(limit!, holder, now);
}

/** What keeps a run from beginning now, without taking anything. */
export async function blockedBy(app: App, doc: FlowRunDocument): Promise<{ by: SlotPlace | null; of: PlacesOfRun }> {
  const of = await placesOfRun(app, doc.run);
  const paused = of.places.find((place) => place.paused);
  if (paused) return { by: paused, of };
  for (const place of of.places) {
    if (!place.limit || holds(doc, place)) continue;
    const { free, awaited } = await app.store.slots.look(place.limit, app.clock.now());
    const before = free > 0 && awaited ? await waitingBefore(app, place.owner, sortOf(doc, of, place.owner), free) : 0;
    if (before >= free) return { by: place, of };
  }
  return { by: null, of };
}

/** The run's place in the order of an owner: where it waits already, or where it would. */
export function sortOf({ id, run, life }: FlowRunDocument, { priority }: PlacesOfRun, owner: string): string {
  const wait = life.slotWait;
  if (wait?.owner === owner && priorityOfWait(wait.sort) === priority) return wait.sort;
  const due = run.state?.state_details.scheduled_time ?? run.expected_start_time ?? run.created;
  const turns = Number(wait?.sort.split('.').at(-1) ?? 0) + 1;
  return waitSort(priority, due, id, `${life.generation}.${turns}`);
}

/**
 * Gives back what Prepare may have taken for a run that will not begin under this generation: it was cancelled, put off or
 * deleted meanwhile. A run that was deleted goes for good now. May be repeated.
 */
export async function giveUnclaimedSlots(app: App, input: ExecutionInput): Promise<void> {
  const doc = await app.store.flowRuns.get(input.flow_run_id);
  if (!doc || (doc.life.phase !== 'waiting' && doc.life.generation === input.generation)) return;
  const claimed = (doc.life.slots ?? []).some(({ generation }) => generation === input.generation);
  if (claimed) return;
  const { places } = await placesOfRun(app, doc.run);
  const limited = places.filter(({ limit }) => limit !== null);
  const { generation } = input;
  await giveSlotsOfRun(
    app,
    doc.id,
    limited.map(({ owner }) => ({ owner, generation })),
  );
  // With a container of the attempt before, Finish lets it go.
  if (doc.life.tombstone && doc.life.phase === 'waiting' && !doc.life.previous) await app.store.flowRuns.delete(doc.id);
}

/** Lets go of everything a run holds or awaits without a state that says so: its attempt is over. May be repeated. */
export async function dropSlots(app: App, flowRunId: string): Promise<void> {
  const { flowRuns } = app.store;
  const stored = await flowRuns.table.update<FlowRunDocument>(flowRuns.key(flowRunId), (doc) => {
    const life = withoutSlots(doc.life);
    return life === doc.life ? null : flowRuns.write({ ...doc, life });
  });
  if (stored && stored.doc.life.pending.length > 0) await performEffects(app, stored);
}
