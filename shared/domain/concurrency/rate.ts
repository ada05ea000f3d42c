import { secondsBetween } from '../utc.ts';
import type { ConcurrencyLimit, Rate } from './limit.ts';

/** The slots of a rate limit that have not come back by `now`; a fraction counts, so that frequent asking loses none. */
export function slotsOfRate(limit: ConcurrencyLimit, now: string): number {
  if (!limit.rate) return 0;
  const elapsed = Math.max(0, secondsBetween(limit.rate.at, now));
  return Math.max(0, limit.rate.slots - limit.slot_decay_per_second * elapsed);
}

/** The rate after taking so many slots; null when they are not all there. */
export function takeFromRate(limit: ConcurrencyLimit, slots: number, now: string): Rate | null {
  const taken = slotsOfRate(limit, now) + slots;
  return taken <= limit.limit ? { slots: taken, at: now } : null;
}

/** The rate after giving slots back early, as whoever holds them by a lease does. */
export function giveToRate(limit: ConcurrencyLimit, slots: number, now: string): Rate {
  return { slots: Math.max(0, slotsOfRate(limit, now) - slots), at: now };
}
