import { jitteredSeconds } from '../orchestration/jitter.ts';

/** The longest that anybody is told to wait (Prefect's settings, their defaults). */
const LONGEST_WAIT_SECONDS = 30;
const SPREAD = 0.3;

/**
 * When to ask again after finding no free slot: what a slot takes on average to come back, spread by chance so that those who
 * were refused together do not come together (Prefect's clamped Poisson interval). `random` in [0, 1).
 */
export function retryAfterSeconds(
  limit: { readonly limit: number; readonly slot_decay_per_second: number },
  slots: number,
  occupancySeconds: number,
  random: number,
): number {
  if (limit.slot_decay_per_second > 0) return jitteredSeconds(slots / limit.slot_decay_per_second, SPREAD, random);
  const average = Math.min((occupancySeconds * slots) / Math.max(1, limit.limit), LONGEST_WAIT_SECONDS);
  return jitteredSeconds(average, SPREAD, random);
}
