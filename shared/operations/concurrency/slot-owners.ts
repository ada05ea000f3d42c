import type { Holder } from '../../domain/concurrency/shard.ts';
import { KINDS, type Kind } from '../../store/keys.ts';
import type { SlotLimit } from '../../store/slot-ledger.ts';
import type { StoredItem } from '../../store/table.ts';

/** What can have a number of slots. */
const OWNERS = {
  limit: KINDS.concurrencyLimit,
  pool: KINDS.workPool,
  queue: KINDS.workQueue,
} as const satisfies Record<string, (typeof KINDS)[Kind]>;
export type SlotOwnerKind = keyof typeof OWNERS;

/** The name under which the ledger keeps the slots of an entity. */
export const ownerOf = (kind: SlotOwnerKind, id: string): string => `${OWNERS[kind]}#${id}`;

/** The kind and id in an owner's name. */
export function partsOfOwner(owner: string): { kind: SlotOwnerKind; id: string } {
  const [prefix, id = ''] = owner.split('#');
  const kind = (Object.keys(OWNERS) as SlotOwnerKind[]).find((name) => OWNERS[name] === prefix);
  return { kind: kind ?? 'limit', id };
}

/** A concurrency limit as the ledger takes it. */
export function slotLimitOf(stored: StoredItem<{ readonly id: string; readonly limit: number }>): SlotLimit {
  return { owner: ownerOf('limit', stored.doc.id), limit: stored.doc.limit, rev: stored.rev };
}

export const holderOf = (id: string, slots: number, expires: Date | null = null): Holder => ({ id, slots, expires });
