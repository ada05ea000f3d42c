/** A slot that a flow run of a push pool holds, without end (rule 20). */
export interface HeldSlot {
  /** Whose slot: of its queue, its pool, its deployment's limit. */
  readonly owner: string;
  /** The generation that took it. It is part of the holder's name, so a late release frees nobody's newer slot. */
  readonly generation: number;
}

/** Where a flow run waits for a slot, or for a pause to end. */
export interface SlotWait {
  readonly owner: string;
  /** Its place among those who wait there. */
  readonly sort: string;
}

/** What the change of a run's slots owes; one kind of effect of a flow run's life. */
export type SlotEffect =
  | { readonly kind: 'give-slots'; readonly slots: readonly HeldSlot[] }
  | ({ readonly kind: 'leave-wait'; readonly wake: boolean } & SlotWait);

/** The part of a flow run's life that these functions know. */
interface SlotLife<Effect> {
  readonly slots: readonly HeldSlot[];
  readonly slotWait: SlotWait | null;
  pending: (Effect | SlotEffect)[];
}

/** The life of a run that holds and awaits nothing any more; giving back and leaving are owed with the same write (rule 18). */
export function withoutSlots<Effect, Life extends SlotLife<Effect>>(life: Life & SlotLife<Effect>): Life {
  const owed: SlotEffect[] = [];
  if (life.slots?.length) owed.push({ kind: 'give-slots', slots: life.slots });
  if (life.slotWait) owed.push({ kind: 'leave-wait', ...life.slotWait, wake: true });
  return owed.length === 0 ? life : { ...life, slots: [], slotWait: null, pending: [...life.pending, ...owed] };
}

/** The life of a run that has taken its slots: it waits no longer, and has nobody to wake for that. */
export function withSlots<Effect, Life extends SlotLife<Effect>>(
  life: Life & SlotLife<Effect>,
  slots: readonly HeldSlot[],
): Life {
  const left: SlotEffect[] = life.slotWait ? [{ kind: 'leave-wait', ...life.slotWait, wake: false }] : [];
  return { ...life, slots, slotWait: null, pending: [...life.pending, ...left] };
}

/** The life of a run that waits at a place; if it waited elsewhere, it leaves there and passes the wake on. */
export function withSlotWait<Effect, Life extends SlotLife<Effect>>(
  life: Life & SlotLife<Effect>,
  wait: SlotWait,
): Life {
  const before = life.slotWait;
  if (before && before.owner === wait.owner && before.sort === wait.sort) return life;
  const left: SlotEffect[] = before ? [{ kind: 'leave-wait', ...before, wake: true }] : [];
  return { ...life, slotWait: wait, pending: [...life.pending, ...left] };
}

/**
 * A place in the order of waiting: queue priority (1 is first), then the time it was due. `turn` tells apart the times that a
 * run waits, so that removing an old entry never removes a newer one.
 */
export function waitSort(priority: number, due: string, flowRunId: string, turn: string): string {
  return `${String(priority).padStart(10, '0')}#${due}#${flowRunId}#${turn}`;
}

/** The run that an entry stands for. */
export const flowRunOfWait = (sort: string): string => sort.split('#')[2] ?? '';

export const priorityOfWait = (sort: string): number => Number(sort.split('#')[0]);
