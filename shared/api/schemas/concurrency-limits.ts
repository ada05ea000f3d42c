import * as z from 'zod/mini';
import { flag, integer, literal, name, nonNegativeInteger, number, offset, pageLimit, uuid } from './values.ts';

const SHORTEST_LEASE_SECONDS = 60;
const LONGEST_LEASE_SECONDS = 86_400;
const DEFAULT_LEASE_SECONDS = 300;

const decay = number.check(z.gte(0));
const slots = integer.check(z.gt(0));
const names = z.array(z.string());
const leaseDuration = z._default(
  number.check(z.gte(SHORTEST_LEASE_SECONDS), z.lte(LONGEST_LEASE_SECONDS)),
  DEFAULT_LEASE_SECONDS,
);

/** `POST /v2/concurrency_limits/` */
export const limitCreate = z.object({
  active: z._default(flag, true),
  name,
  limit: nonNegativeInteger,
  active_slots: z._default(nonNegativeInteger, 0),
  denied_slots: z._default(nonNegativeInteger, 0),
  slot_decay_per_second: z._default(decay, 0),
});
export type LimitCreate = z.infer<typeof limitCreate>;

/** `PATCH /v2/concurrency_limits/{id_or_name}`: only the keys present are applied. */
export const limitUpdate = z.object({
  active: z.nullish(flag),
  name: z.nullish(name),
  limit: z.nullish(nonNegativeInteger),
  active_slots: z.nullish(nonNegativeInteger),
  denied_slots: z.nullish(nonNegativeInteger),
  slot_decay_per_second: z.nullish(decay),
});
export type LimitUpdate = z.infer<typeof limitUpdate>;

export const limitsFilterBody = z.object({ limit: pageLimit, offset });
export type LimitsFilterBody = z.infer<typeof limitsFilterBody>;

const taking = { slots, names, mode: z._default(literal(['concurrency', 'rate_limit']), 'concurrency') };

/** `POST /v2/concurrency_limits/increment` */
export const slotsTake = z.object(taking);
export type SlotsTake = z.infer<typeof slotsTake>;

/** `POST /v2/concurrency_limits/increment-with-lease` */
export const slotsLease = z.object({
  ...taking,
  lease_duration: leaseDuration,
  holder: z.nullish(z.object({ type: literal(['flow_run', 'task_run', 'deployment']), id: uuid })),
});
export type SlotsLease = z.infer<typeof slotsLease>;

/** `POST /v2/concurrency_limits/decrement` */
export const slotsGive = z.object({ slots, names, occupancy_seconds: z.nullish(number.check(z.gt(0))) });
export type SlotsGive = z.infer<typeof slotsGive>;

export const leaseGive = z.object({ lease_id: uuid });
export const leaseParams = z.object({ lease_id: uuid });
export const leaseRenew = z.object({ lease_duration: leaseDuration });

/** `POST /concurrency_limits/` */
export const tagLimitCreate = z.object({ tag: z.string(), concurrency_limit: integer });
export type TagLimitCreate = z.infer<typeof tagLimitCreate>;

/** `POST /concurrency_limits/increment` and `/decrement` */
export const tagSlots = z.object({ names: z.array(z.string()), task_run_id: uuid });
export type TagSlots = z.infer<typeof tagSlots>;

export const tagReset = z.object({ slot_override: z.nullish(z.array(uuid)) });
