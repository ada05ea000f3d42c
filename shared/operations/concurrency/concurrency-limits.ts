import type { LimitCreate, LimitsFilterBody, LimitUpdate } from '../../api/schemas/concurrency-limits.ts';
import { ANONYMOUS } from '../../domain/concurrency/holder-ids.ts';
import type { ConcurrencyLimit } from '../../domain/concurrency/limit.ts';
import { slotsOfRate } from '../../domain/concurrency/rate.ts';
import { FIRST_OCCUPANCY_SECONDS } from '../../domain/concurrency/shard.ts';
import { ClientError, ConflictError, notFound } from '../../domain/errors.ts';
import { limitEvent } from '../../domain/events/lifecycle-events.ts';
import { type App, timestamp } from '../app.ts';
import { announce } from '../events/announce.ts';
import { takePage } from '../lists/filtering.ts';
import { takeAway } from './concurrency-slots.ts';
import { holderOf, ownerOf, slotLimitOf } from './slot-owners.ts';
import { wakeNext } from './slot-wakes.ts';

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** A limit as Prefect's second API shows it. */
export interface LimitResponse {
  id: string;
  created: string;
  updated: string;
  active: boolean;
  name: string;
  limit: number;
  active_slots: number;
  slot_decay_per_second: number;
}

/** Creates a limit. Throws 409 when its name is taken. */
export async function createLimit(app: App, body: LimitCreate) {
  const { doc, created } = await app.store.concurrencyLimits.create(newLimit(app, body));
  if (!created) throw nameTaken(body.name);
  const filled = body.active_slots > 0 ? await setActiveSlots(app, doc, body.active_slots) : doc;
  await announce(app, (stamp) => limitEvent(stamp, 'created', doc));
  return {
    ...(await limitResponse(app, filled)),
    denied_slots: body.denied_slots,
    avg_slot_occupancy_seconds: FIRST_OCCUPANCY_SECONDS,
  };
}

/** A limit with nobody in it, not stored. */
export function newLimit(app: App, given: Pick<ConcurrencyLimit, 'name' | 'limit'> & Partial<LimitCreate>) {
  const now = timestamp(app);
  const { name, limit, active = true, slot_decay_per_second = 0 } = given;
  return { id: app.clock.newId(), created: now, updated: now, active, name, limit, slot_decay_per_second, rate: null };
}

/** By id, or by name when the text is no UUID. Throws 404. */
export async function findLimit(app: App, idOrName: string): Promise<ConcurrencyLimit> {
  const limit = UUID.test(idOrName)
    ? await app.store.concurrencyLimits.get(idOrName.toLowerCase())
    : await app.store.concurrencyLimits.getByName(idOrName);
  if (!limit) throw notFound('Concurrency Limit not found');
  return limit;
}

export async function readLimit(app: App, idOrName: string): Promise<LimitResponse> {
  return limitResponse(app, await findLimit(app, idOrName));
}

export async function filterLimits(app: App, body: LimitsFilterBody): Promise<LimitResponse[]> {
  const page = await takePage(app.store.concurrencyLimits.list(), body);
  return Promise.all(page.map((limit) => limitResponse(app, limit)));
}

/** Applies the keys present; a lower limit holds from the answer on, whoever holds a slot keeps it. Throws 404 and 409. */
export async function updateLimit(app: App, idOrName: string, body: LimitUpdate): Promise<void> {
  const limit = await changeLimit(app, (await findLimit(app, idOrName)).id, body);
  await announce(app, (stamp) => limitEvent(stamp, 'updated', limit));
}

/** The same without an event: of a limit that is a deployment's own. */
export async function changeLimit(app: App, id: string, body: LimitUpdate): Promise<ConcurrencyLimit> {
  const { active_slots, denied_slots: _, ...given } = body;
  if (Object.values(body).includes(null)) {
    throw new ClientError('conflict', 'The keys of a concurrency limit cannot be null. Leave out what shall stay.');
  }
  const updated = timestamp(app);
  let limit: ConcurrencyLimit | null;
  try {
    limit = await app.store.concurrencyLimits.update(id, (stored) => ({
      ...stored,
      ...(given as Partial<ConcurrencyLimit>),
      updated,
    }));
    if (!limit) throw notFound('Concurrency Limit not found');
    if (active_slots != null) await setActiveSlots(app, limit, active_slots);
  } catch (error) {
    if (error instanceof ConflictError && error.code === 'exists' && body.name) throw nameTaken(body.name);
    throw error;
  }
  await wakeNext(app, ownerOf('limit', id));
  return limit;
}

/** Deletes a limit and who holds it. Throws 404. */
export async function deleteLimit(app: App, idOrName: string): Promise<void> {
  const limit = await findLimit(app, idOrName);
  await removeLimit(app, limit);
  await announce(app, (stamp) => limitEvent(stamp, 'deleted', limit));
}

/** The same without an event. May be repeated. */
export async function removeLimit(app: App, { id }: ConcurrencyLimit): Promise<void> {
  await app.store.concurrencyLimits.delete(id);
  await wakeNext(app, ownerOf('limit', id));
  await app.store.slots.forget(ownerOf('limit', id));
}

/** How many slots of a limit are taken now. */
export async function activeSlotsOf(app: App, limit: ConcurrencyLimit): Promise<number> {
  if (limit.slot_decay_per_second > 0) return Math.ceil(slotsOfRate(limit, timestamp(app)));
  return app.store.slots.taken(ownerOf('limit', limit.id), app.clock.now());
}

export async function limitResponse(app: App, limit: ConcurrencyLimit): Promise<LimitResponse> {
  const { rate: _, slot_decay_per_second, ...shown } = limit;
  return { ...shown, active_slots: await activeSlotsOf(app, limit), slot_decay_per_second };
}

/**
 * Sets the number an operator asks for: unnamed slots are added, or taken away as `takeAway` does. Returns the limit as it is
 * stored then.
 */
async function setActiveSlots(app: App, limit: ConcurrencyLimit, wanted: number): Promise<ConcurrencyLimit> {
  if (limit.slot_decay_per_second > 0) {
    const rate = { slots: wanted, at: timestamp(app) };
    return (await app.store.concurrencyLimits.update(limit.id, (stored) => ({ ...stored, rate }))) ?? limit;
  }
  const stored = await app.store.concurrencyLimits.read(limit.id);
  if (!stored) return limit;
  const { owner } = slotLimitOf(stored);
  const held = await app.store.slots.holders(owner, app.clock.now());
  const surplus = held.reduce((sum, { slots }) => sum + slots, 0) - wanted;
  if (surplus < 0) await app.store.slots.add(slotLimitOf(stored), holderOf(ANONYMOUS, -surplus));
  else await takeAway(app, owner, surplus);
  return limit;
}

const nameTaken = (name: string): ClientError =>
  new ClientError('conflict', `A concurrency limit with the name '${name}' already exists.`);
