import * as z from 'zod/mini';
import { count, entity, flag, id, number, text } from './values.ts';

/** A limit by tag (v1). */
export const tagConcurrencyLimit = z.strictObject({
  ...entity,
  tag: text,
  concurrency_limit: count,
  active_slots: z.array(id),
});

const limit = { ...entity, active: flag, name: text, limit: count, active_slots: count, slot_decay_per_second: number };

/** As it is read. */
export const globalConcurrencyLimit = z.strictObject(limit);
/** As its creation answers. */
export const createdConcurrencyLimit = z.strictObject({
  ...limit,
  denied_slots: count,
  avg_slot_occupancy_seconds: number,
});

export const takenLimits = z.array(z.strictObject({ id, name: text, limit: count }));
export const lease = z.strictObject({ lease_id: id, limits: takenLimits });
