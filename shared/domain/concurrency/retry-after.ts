import { jitteredSeconds } from '../orchestration/jitter.ts';

/** The longest that anybody is told to wait for a slot (Prefect's settings, their defaults). */
const LONGEST_WAIT_SECONDS = 30;
const LEAST_OCCUPANCY_SECONDS = 0.1;
const SPREAD = 0.3;

/** The slots that were asked for in vain lately, as of a time: how long the queue is that nobody stands in. */
export interface Denied {
  readonly slots: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

interface Kind {
  readonly limit: number;
  readonly slot_decay_per_second: number;
}

/** What is left of the denied slots: as fast as slots come back, those who were refused have been served or have given up. */
export function deniedNow(denied: Denied | null, limit: Kind, occupancySeconds: number, nowMillis: number): number {
  if (!denied) return 0;
  const perSecond = limit.slot_decay_per_second > 0 ? limit.slot_decay_per_second : 1 / occupied(occupancySeconds);
  return Math.max(0, denied.slots - Math.floor((perSecond * Math.max(0, nowMillis - denied.at)) / 1000));
}

/**
 * When to ask again after finding no free slot: what the slots asked for, and those denied before, take on average to come back,
 * spread by chance so that those who were refused together do not come together (Prefect's clamped Poisson interval).
 * `random` in [0, 1).
 */
export function retryAfterSeconds(
  limit: Kind,
  asked: { readonly slots: number; readonly denied: number },
  occupancySeconds: number,
  random: number,
): number {
  const slots = asked.slots + asked.denied;
  if (limit.slot_decay_per_second > 0) return jitteredSeconds(slots / limit.slot_decay_per_second, SPREAD, random);
  const average = Math.min((occupied(occupancySeconds) * slots) / Math.max(1, limit.limit), LONGEST_WAIT_SECONDS);
  return jitteredSeconds(average, SPREAD, random);
}

const occupied = (seconds: number): number =>
  Math.max(LEAST_OCCUPANCY_SECONDS, Math.min(seconds, LONGEST_WAIT_SECONDS));
