import type { SlotsGive, SlotsTake } from '../../api/schemas/concurrency-limits.ts';
import { ANONYMOUS } from '../../domain/concurrency/holder-ids.ts';
import type { ConcurrencyLimit } from '../../domain/concurrency/limit.ts';
import { giveToRate, takeFromRate } from '../../domain/concurrency/rate.ts';
import { deniedNow, retryAfterSeconds } from '../../domain/concurrency/retry-after.ts';
import { FIRST_OCCUPANCY_SECONDS, type Holder } from '../../domain/concurrency/shard.ts';
import { ClientError, ConflictError } from '../../domain/errors.ts';
import type { StoredItem } from '../../store/table.ts';
import { type App, timestamp } from '../app.ts';
import { holderOf, ownerOf, slotLimitOf } from './slot-owners.ts';
import { wakeNext } from './slot-wakes.ts';

/** A limit as the answers of taking and giving name it. */
export interface MinimalLimit {
  id: string;
  name: string;
  limit: number;
}

export type StoredLimit = StoredItem<ConcurrencyLimit>;

/** `increment`: slots that nobody holds by name, until somebody gives back as many. Not for repeating: each call takes more. */
export async function takeSlots(app: App, body: SlotsTake): Promise<MinimalLimit[]> {
  const limits = await limitsByName(app, body.names);
  await takeAll(app, limits, body, holderOf(ANONYMOUS, body.slots));
  return limits.map(({ doc }) => minimal(doc));
}

/** `decrement`: gives back slots by the limit's name alone, as `takeAway` does. Not for repeating. */
export async function giveSlots(app: App, body: SlotsGive): Promise<MinimalLimit[]> {
  const limits = await limitsByName(app, body.names);
  const seconds = body.occupancy_seconds ?? undefined;
  for (const { doc } of limits) {
    if (!doc.active) continue;
    if (doc.slot_decay_per_second > 0) await giveBack(app, doc, ANONYMOUS, body.slots, seconds);
    else if (await takeAway(app, ownerOf('limit', doc.id), body.slots, seconds))
      await wakeNext(app, ownerOf('limit', doc.id));
  }
  return limits.map(({ doc }) => minimal(doc));
}

/**
 * Frees so many slots, whoever holds them: unnamed ones first, then those of leases, the first to expire first, whose holders learn
 * of it when they renew. Runs of push pools keep theirs: they hold them while they run. True when somebody waits for what came back.
 */
export async function takeAway(app: App, owner: string, slots: number, seconds?: number): Promise<boolean> {
  const anonymousFirst = (id: string): number => (id === ANONYMOUS ? 0 : 1);
  const held = (await app.store.slots.holders(owner, app.clock.now())).toSorted(
    (a, b) => anonymousFirst(a.id) - anonymousFirst(b.id) || (a.expires?.getTime() ?? 0) - (b.expires?.getTime() ?? 0),
  );
  let [left, owesWake] = [slots, false];
  for (const { id, slots: holds } of held) {
    if (left <= 0) break;
    if (id.startsWith('r')) continue;
    const given = await app.store.slots.release(owner, id, Math.min(holds, left), seconds);
    left -= given.slots;
    owesWake ||= given.owesWake;
  }
  return owesWake;
}

/** The limits that exist, in the order of their names, so that all callers take them in one order. */
export async function limitsByName(app: App, names: readonly string[]): Promise<StoredLimit[]> {
  const unique = [...new Set(names)].toSorted();
  const found = await Promise.all(unique.map((name) => app.store.concurrencyLimits.readByName(name)));
  return found.filter((limit) => limit !== null);
}

/**
 * Takes slots of every active limit for a holder, or of none. Throws 422 when a limit could never give so many, and 423 with
 * the seconds after which to ask again. `again` when the holder may hold slots of them already.
 */
export async function takeAll(
  app: App,
  limits: readonly StoredLimit[],
  { slots, mode }: Pick<SlotsTake, 'slots' | 'mode'>,
  holder: Holder,
  options: { readonly again?: boolean } = {},
): Promise<void> {
  const active = limits.filter(({ doc }) => doc.active);
  check(
    active.map(({ doc }) => doc),
    slots,
    mode,
  );
  const taken: ConcurrencyLimit[] = [];
  for (const limit of active) {
    if (await takeOne(app, limit, holder, options)) {
      taken.push(limit.doc);
      continue;
    }
    for (const { id } of taken) await giveBackTo(app, id, holder.id, slots);
    throw await locked(app, limit.doc, slots);
  }
}

function check(limits: readonly ConcurrencyLimit[], slots: number, mode: SlotsTake['mode']): void {
  if (limits.some(({ limit }) => limit < slots)) {
    throw new ClientError('invalid', 'Slots requested is greater than the limit');
  }
  const steady = limits.filter((limit) => limit.slot_decay_per_second === 0).map(({ name }) => name);
  if (mode === 'rate_limit' && steady.length > 0) {
    const message =
      'Only concurrency limits with slot decay can be used for rate limiting. The following limits do not have a decay configured: ';
    throw new ClientError('invalid', `${message}'${steady.join(',')}'`);
  }
}

const CHANGES = 5;

/** A limit that was changed meanwhile is read again; one that was deleted limits nothing. */
async function takeOne(app: App, limit: StoredLimit, holder: Holder, options: { again?: boolean }): Promise<boolean> {
  let current: StoredLimit | null = limit;
  for (let attempt = 1; current?.doc.active; attempt++) {
    try {
      if (current.doc.slot_decay_per_second > 0) return await takeRate(app, current.doc.id, holder.slots);
      return await app.store.slots.acquire(slotLimitOf(current), holder, app.clock.now(), options);
    } catch (error) {
      if (!(error instanceof ConflictError) || error.code !== 'changed' || attempt >= CHANGES) throw error;
      current = await app.store.concurrencyLimits.read(current.doc.id);
    }
  }
  return true;
}

async function takeRate(app: App, id: string, slots: number): Promise<boolean> {
  let taken = false;
  await app.store.concurrencyLimits.update(id, (limit) => {
    const now = timestamp(app);
    const rate = takeFromRate(limit, slots, now);
    taken = rate !== null;
    return rate && { ...limit, rate, updated: now };
  });
  return taken;
}

/** Gives back slots of a limit that may be gone by now. */
export async function giveBackTo(app: App, limitId: string, holder: string, slots: number, seconds?: number) {
  const limit = await app.store.concurrencyLimits.get(limitId);
  if (limit) await giveBack(app, limit, holder, slots, seconds);
}

async function giveBack(
  app: App,
  limit: ConcurrencyLimit,
  holder: string,
  slots: number,
  seconds?: number,
): Promise<void> {
  if (limit.slot_decay_per_second > 0) {
    const now = timestamp(app);
    await app.store.concurrencyLimits.update(limit.id, (stored) => ({
      ...stored,
      rate: giveToRate(stored, slots, now),
    }));
    return;
  }
  const owner = ownerOf('limit', limit.id);
  if ((await app.store.slots.release(owner, holder, slots, seconds)).owesWake) await wakeNext(app, owner);
}

/** 423: Prefect's client sleeps for `Retry-After`, longer the more were refused, and asks again, for ever or until its own time-out. */
async function locked(app: App, limit: ConcurrencyLimit, slots: number): Promise<ClientError> {
  const owner = ownerOf('limit', limit.id);
  const now = app.clock.now().getTime();
  const [shard] = limit.slot_decay_per_second > 0 ? [] : await app.store.slots.shards(owner);
  const occupancy = shard?.occupancy ?? FIRST_OCCUPANCY_SECONDS;
  const denied = deniedNow(await app.store.slots.denied(owner), limit, occupancy, now);
  await app.store.slots.noteDenied(owner, { slots: denied + slots, at: now });
  const seconds = retryAfterSeconds(limit, { slots, denied }, occupancy, Math.random());
  return new ClientError('locked', 'Locked', { details: { retryAfterSeconds: seconds, limit: limit.name } });
}

export const minimal = ({ id, name, limit }: ConcurrencyLimit): MinimalLimit => ({ id, name, limit });
