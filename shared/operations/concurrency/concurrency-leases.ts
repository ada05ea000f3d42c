import type { SlotsLease } from '../../api/schemas/concurrency-limits.ts';
import { holderId, holderUuid } from '../../domain/concurrency/holder-ids.ts';
import type { ConcurrencyLease } from '../../domain/concurrency/lease.ts';
import { ClientError } from '../../domain/errors.ts';
import { secondsBetween } from '../../domain/utc.ts';
import { type App, timestamp } from '../app.ts';
import {
  giveBackTo,
  limitsByName,
  type MinimalLimit,
  minimal,
  type StoredLimit,
  takeAll,
} from './concurrency-slots.ts';
import { holderOf, ownerOf } from './slot-owners.ts';

/**
 * `increment-with-lease`: takes slots until they are given back, or until the lease has not been renewed for its duration.
 * The slots come first: of a lease that was half made they come back by themselves.
 */
export async function leaseSlots(app: App, body: SlotsLease): Promise<{ lease_id: string; limits: MinimalLimit[] }> {
  const limits = await limitsByName(app, body.names);
  return { lease_id: await leaseLimits(app, limits, body), limits: limits.map(({ doc }) => minimal(doc)) };
}

/** Takes slots of these limits under a lease and returns its id. Throws 422 and 423 as `takeAll` does. */
export async function leaseLimits(
  app: App,
  limits: readonly StoredLimit[],
  body: Omit<SlotsLease, 'names'>,
): Promise<string> {
  const id = app.clock.newId();
  const expires = expiry(app, body.lease_duration);
  await takeAll(app, limits, body, holderOf(holderId('lease', id), body.slots, expires));
  await app.store.concurrencyLeases.create({
    id,
    created: timestamp(app),
    expires: expires.toISOString(),
    limit_ids: limits.filter(({ doc }) => doc.active).map(({ doc }) => doc.id),
    slots: body.slots,
    holder: body.holder ?? null,
  });
  return id;
}

/** Extends a lease by so many seconds from now. Throws 410 when it was given back or its slots went to somebody else. */
export async function renewLease(app: App, id: string, seconds: number): Promise<void> {
  const lease = await app.store.concurrencyLeases.get(id);
  if (!lease) throw gone();
  const expires = expiry(app, seconds);
  for (const limitId of lease.limit_ids) {
    const limit = await app.store.concurrencyLimits.get(limitId);
    if (!limit || limit.slot_decay_per_second > 0) continue;
    const owner = ownerOf('limit', limitId);
    if (await app.store.slots.renew(owner, holderId('lease', id), lease.slots, expires)) continue;
    await giveBackLease(app, id);
    throw gone();
  }
  await app.store.concurrencyLeases.update(id, (stored) => ({ ...stored, expires: expires.toISOString() }));
}

/** `decrement-with-lease`: gives back what a lease holds; nothing when it is gone. May be repeated. */
export async function giveBackLease(app: App, id: string): Promise<void> {
  const lease = await app.store.concurrencyLeases.get(id);
  if (!lease) return;
  const held = Math.max(0, secondsBetween(lease.created, timestamp(app)));
  for (const limitId of lease.limit_ids) {
    await giveBackTo(app, limitId, holderId('lease', id), lease.slots, held);
  }
  await app.store.concurrencyLeases.delete(id);
}

/** The leases among the holders of a limit. */
export async function leasesOf(app: App, limitId: string): Promise<ConcurrencyLease[]> {
  const holders = await app.store.slots.holders(ownerOf('limit', limitId), app.clock.now());
  return app.store.concurrencyLeases.getMany(
    holders.map(({ id }) => holderUuid('lease', id)).filter((id) => id !== null),
  );
}

const expiry = (app: App, seconds: number): Date => new Date(app.clock.now().getTime() + seconds * 1000);
const gone = (): ClientError => new ClientError('gone', 'Lease not found - it may have expired or been revoked');
