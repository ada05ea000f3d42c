/**
 * A part of a limit's slots and who holds them: one item, changed by conditional writes alone, so that no two callers take
 * the same slot. A holder is named, so that taking or giving back twice changes nothing.
 */
export interface Shard {
  /** The layout for which the shard gives slots; under another one it only takes them back. */
  readonly version: number;
  readonly holders: Readonly<Record<string, Held>>;
  /** How long a slot was held on average, in seconds; what those who find none are told to wait by. */
  readonly occupancy?: number;
  /** Somebody waits for a slot: whoever gives one back owes a wake (rule 18). */
  readonly awaited?: boolean;
  /** How many wakes are owed; cleared by whoever has woken as many as there are slots. */
  readonly wakes?: number;
}

/** Slots held without end, or slots and the second (since 1970) at which they are free again. */
export type Held = number | readonly [slots: number, expires: number];

export interface Holder {
  readonly id: string;
  readonly slots: number;
  /** Null: until it is given back. */
  readonly expires: Date | null;
}

export const emptyShard = (version: number): Shard => ({ version, holders: {} });

/** The holders whose time is not over. */
export function holdersOf(shard: Shard, now: Date): Holder[] {
  return Object.entries(shard.holders)
    .map(([id, held]) => holder(id, held))
    .filter(({ expires }) => expires === null || expires > now);
}

export function slotsTaken(shard: Shard, now: Date): number {
  return holdersOf(shard, now).reduce((sum, { slots }) => sum + slots, 0);
}

/** The shard with as many of the slots as `share` leaves free, up to what is asked; those whose time is over make room. */
export function take(shard: Shard, share: number, asked: Holder, now: Date): { shard: Shard; taken: number } {
  const present = holdersOf(shard, now);
  const free = share - present.reduce((sum, { slots }) => sum + slots, 0);
  const taken = Math.min(asked.slots, Math.max(0, free));
  if (taken === 0) return { shard, taken };
  const before = present.find(({ id }) => id === asked.id)?.slots ?? 0;
  const holders = Object.fromEntries(present.map(({ id, slots, expires }) => [id, held(slots, expires)]));
  return { shard: { ...shard, holders: { ...holders, [asked.id]: held(before + taken, asked.expires) } }, taken };
}

/** The shard without a holder, or without some of its slots. `given` counts those that came back. */
export function give(shard: Shard, id: string, slots = Number.POSITIVE_INFINITY): { shard: Shard; given: number } {
  const found = shard.holders[id];
  if (found === undefined) return { shard, given: 0 };
  const { slots: had, expires } = holder(id, found);
  const { [id]: _, ...others } = shard.holders;
  const left = Math.max(0, had - slots);
  return {
    shard: { ...shard, holders: left > 0 ? { ...others, [id]: held(left, expires) } : others },
    given: had - left,
  };
}

/** The shard with a holder's time extended; null when it is not there: its slot was given to somebody else. */
export function extend(shard: Shard, id: string, expires: Date | null): Shard | null {
  const found = shard.holders[id];
  if (found === undefined) return null;
  return { ...shard, holders: { ...shard.holders, [id]: held(holder(id, found).slots, expires) } };
}

const OCCUPANCY_SAMPLES = 2;
const LEAST_OCCUPANCY_SECONDS = 0.1;
export const FIRST_OCCUPANCY_SECONDS = 2;

/** The shard with one more sample in its average (Prefect's weights). */
export function withOccupancy(shard: Shard, share: number, seconds: number): Shard {
  const average = shard.occupancy ?? FIRST_OCCUPANCY_SECONDS;
  const weight = 1 / Math.max(1, share * OCCUPANCY_SAMPLES);
  const sample = Math.max(seconds, LEAST_OCCUPANCY_SECONDS);
  return { ...shard, occupancy: Number((average + (sample - average) * weight).toFixed(3)) };
}

function holder(id: string, value: Held): Holder {
  const [slots, expires] = typeof value === 'number' ? [value, 0] : value;
  return { id, slots, expires: expires > 0 ? new Date(expires * 1000) : null };
}

/** To whole seconds, never early. */
const held = (slots: number, expires: Date | null): Held =>
  expires === null ? slots : [slots, Math.ceil(expires.getTime() / 1000)];
