import { createHash } from 'node:crypto';
import { ANONYMOUS } from '../domain/concurrency/holder-ids.ts';
import { type Layout, reshare, spread } from '../domain/concurrency/layout.ts';
import type { Denied } from '../domain/concurrency/retry-after.ts';
import {
  emptyShard,
  extend,
  give,
  type Holder,
  holdersOf,
  type Shard,
  slotsTaken,
  take,
  withOccupancy,
} from '../domain/concurrency/shard.ts';
import { ConflictError } from '../domain/errors.ts';
import type { Key } from './key.ts';
import { keys } from './keys.ts';
import type { ItemWrite, StoredItem, Table } from './table.ts';

/** A number of slots and the revision of the entity that says it. */
export interface SlotLimit {
  /** Whose slots: kind and id, e.g. `LIMIT#…`. */
  readonly owner: string;
  readonly limit: number;
  readonly rev: number;
}

export interface Given {
  /** How many slots came back; 0 when the holder had none. */
  readonly slots: number;
  /** Somebody waits for them: the wake that is owed stands on the shard (rule 18). */
  readonly owesWake: boolean;
}

/** Each round of a contended item, one of those who contend gets through. */
const ROUNDS = 60;
/** Everything held, whenever it ends. */
const ALWAYS = new Date(0);

/**
 * Who holds which slots of which limit. A limit that nobody asked for has no item. Every step is a conditional write of one
 * item; named holders make repeating harmless. Throws `ConflictError` when the limit was changed while it was asked: read it
 * again.
 */
export class SlotLedger {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /**
   * Takes all slots that are asked, or none. `again` when this holder may hold them already: then every shard is looked at,
   * not only the one it begins with.
   */
  async acquire(limit: SlotLimit, asked: Holder, now: Date, options: { again?: boolean } = {}): Promise<boolean> {
    for (let round = 1; round <= ROUNDS; round++) {
      const layout = await this.#layoutFor(limit);
      const outcome = await this.#takeAll(limit.owner, layout, asked, now, options.again ?? false);
      if (outcome !== 'stale') return outcome === 'taken';
    }
    throw contended(limit.owner);
  }

  /** How many slots are free for whoever comes next, and whether somebody waits for them. */
  async look(limit: SlotLimit, now: Date): Promise<{ free: number; awaited: boolean; holders: Holder[] }> {
    const shards = await this.shards(limit.owner);
    const holders = shards.flatMap((shard) => holdersOf(shard, now));
    const taken = holders.reduce((sum, { slots }) => sum + slots, 0);
    return { free: Math.max(0, limit.limit - taken), awaited: shards.some((shard) => shard.awaited), holders };
  }

  /** Makes every slot that comes back from now on owe a wake, and says how many are free already. May be repeated. */
  async markAwaited(limit: SlotLimit, now: Date): Promise<{ free: number }> {
    const { version, shares } = await this.#layoutFor(limit);
    let taken = 0;
    for (const place of shares.keys()) {
      let inShard = 0;
      await this.#change(limit.owner, place, (stored) => {
        const shard = stored ?? emptyShard(version);
        inShard = slotsTaken(shard, now);
        return shard.awaited ? null : { ...shard, awaited: true };
      });
      taken += inShard;
    }
    return { free: Math.max(0, limit.limit - taken) };
  }

  /** The wakes that are owed, shard by shard, to be handed to `clearWakes` when they are done. */
  async wakesOwed(owner: string): Promise<number[]> {
    return (await this.shards(owner)).map((shard) => shard.wakes ?? 0);
  }

  /** Forgets the wakes that were owed, and whether anybody waits. False when more came meanwhile. */
  async clearWakes(owner: string, owed: readonly number[], awaited: boolean): Promise<boolean> {
    let all = true;
    for (const [place, wakes] of owed.entries()) {
      await this.#change(owner, place, (stored) => {
        all &&= (stored?.wakes ?? 0) === wakes;
        if (!stored || !all || (wakes === 0 && (stored.awaited ?? false) === awaited)) return null;
        const { wakes: _, awaited: __, ...shard } = stored;
        return awaited ? { ...shard, awaited } : shard;
      });
    }
    return all;
  }

  /** Says that nobody waits, before it is looked at once more: a wake that is owed stays owed. */
  async unmarkAwaited(owner: string, count: number): Promise<void> {
    for (let place = 0; place < count; place++) {
      await this.#change(owner, place, (stored) => {
        if (!stored?.awaited) return null;
        const { awaited: _, ...shard } = stored;
        return shard;
      });
    }
  }

  /** Gives a holder slots whether or not they are free: an operator knows of holders that did not ask. Not for repeating. */
  async add(limit: SlotLimit, asked: Holder): Promise<void> {
    const { version, shares } = await this.#layoutFor(limit);
    let left = asked.slots;
    for (const [place, share] of [...shares, Number.POSITIVE_INFINITY].entries()) {
      let taken = 0;
      await this.#change(limit.owner, place % shares.length, (stored) => {
        const after = take(stored ?? emptyShard(version), share, { ...asked, slots: left }, ALWAYS);
        taken = after.taken;
        return taken === 0 ? null : after.shard;
      });
      left -= taken;
    }
  }

  /** Counts a holder that has begun without asking, whether or not its slots are free. One that is counted already stays. May be repeated. */
  async adopt(limit: SlotLimit, holder: Holder): Promise<void> {
    const { version, shares } = await this.#layoutFor(limit);
    const [place = 0] = startingAt(holder.id, shares.length);
    await this.#change(limit.owner, place, (stored) => {
      const shard = stored ?? emptyShard(version);
      if (shard.holders[holder.id] !== undefined) return null;
      return take(shard, Number.POSITIVE_INFINITY, holder, ALWAYS).shard;
    });
  }

  /** Gives back up to so many slots of a holder. May be repeated. */
  async release(owner: string, id: string, slots: number, occupancySeconds?: number): Promise<Given> {
    const layout = (await this.#table.get<Layout>(headKey(owner)))?.doc;
    let [left, owesWake] = [slots, false];
    for (const place of layout ? startingAt(id, layout.shares.length) : []) {
      if (left <= 0) break;
      let given = 0;
      let awaited = false;
      await this.#change(owner, place, (stored) => {
        const after = give(stored ?? emptyShard(0), id, left);
        given = after.given;
        awaited = given > 0 && (stored?.awaited ?? false);
        if (given === 0) return null;
        const shard = awaited ? { ...after.shard, wakes: (after.shard.wakes ?? 0) + 1 } : after.shard;
        const share = layout?.shares[place] ?? 1;
        return occupancySeconds === undefined ? shard : withOccupancy(shard, share, occupancySeconds / slots);
      });
      left -= given;
      owesWake ||= awaited;
    }
    return { slots: slots - left, owesWake };
  }

  /** Extends a holder's time; null: until it is given back. False when some of its slots are gone. May be repeated. */
  async renew(owner: string, id: string, slots: number, expires: Date | null): Promise<boolean> {
    const layout = (await this.#table.get<Layout>(headKey(owner)))?.doc;
    let left = slots;
    for (const place of layout ? startingAt(id, layout.shares.length) : []) {
      if (left <= 0) break;
      let extended = 0;
      await this.#change(owner, place, (stored) => {
        const after = stored && extend(stored, id, expires);
        extended = after ? slotsOf(after, id, ALWAYS) : 0;
        return after;
      });
      left -= extended;
    }
    return left <= 0;
  }

  /** Everybody who holds slots now. */
  async holders(owner: string, now: Date): Promise<Holder[]> {
    return (await this.shards(owner)).flatMap((shard) => holdersOf(shard, now));
  }

  /** How many slots are held now. */
  async taken(owner: string, now: Date): Promise<number> {
    return (await this.shards(owner)).reduce((sum, shard) => sum + slotsTaken(shard, now), 0);
  }

  /** All shards by their place; those that nobody has touched are empty. */
  async shards(owner: string): Promise<Shard[]> {
    const { items } = await this.#table.query<Shard>({ pk: keys.slots(owner, '').pk, prefix: SHARD });
    const shards: Shard[] = [];
    for (const { key, doc } of items) shards[Number(key.sk.slice(SHARD.length))] = doc;
    return Array.from(shards, (shard) => shard ?? emptyShard(0));
  }

  /** The slots that were asked for in vain lately. */
  async denied(owner: string): Promise<Denied | null> {
    return (await this.#table.get<Denied>(deniedKey(owner)))?.doc ?? null;
  }

  /** Of two that are refused at once, one may not count. */
  async noteDenied(owner: string, denied: Denied): Promise<void> {
    await this.#table.put({ key: deniedKey(owner), doc: denied });
  }

  /** Forgets everything about a limit that is gone. May be repeated. */
  async forget(owner: string): Promise<void> {
    const { items } = await this.#table.query({ pk: keys.slots(owner, '').pk });
    for (const { key } of items) await this.#table.remove(key);
  }

  /** Makes a changed limit hold from now on: no slot is given by the old one after this. May be repeated. */
  async resize(limit: SlotLimit): Promise<void> {
    await this.#layoutFor(limit);
  }

  /** The settled layout for a limit, made or brought up to date when it is not. */
  async #layoutFor(limit: SlotLimit): Promise<Layout> {
    for (let round = 1; round <= ROUNDS; round++) {
      const stored = await this.#table.get<Layout>(headKey(limit.owner));
      const layout = stored?.doc;
      if (layout?.limit === limit.limit && layout.settled) return layout;
      if (layout && layout.limit !== limit.limit && layout.rev > limit.rev) {
        throw new ConflictError('changed', `The limit of ${limit.owner} was changed; read it again.`);
      }
      try {
        await this.#layOut(limit, stored);
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
      }
    }
    throw contended(limit.owner);
  }

  /** One step towards the settled layout; whoever finds a change half made carries it on. */
  async #layOut(limit: SlotLimit, stored: StoredItem<Layout> | null): Promise<void> {
    const key = headKey(limit.owner);
    if (!stored) {
      const { limit: slots, rev } = limit;
      const doc: Layout = { limit: slots, rev, version: 1, shares: spread(slots), settled: true };
      await this.#table.create({ key, doc });
    } else if (stored.doc.limit !== limit.limit) {
      const { version, shares } = stored.doc;
      const doc: Layout = { limit: limit.limit, rev: limit.rev, version: version + 1, shares, settled: false };
      await this.#table.replace(stored, { key, doc });
    } else {
      const taken = await this.#tellShards(limit.owner, stored.doc);
      const doc: Layout = { ...stored.doc, shares: reshare(stored.doc.limit, taken), settled: true };
      await this.#table.replace(stored, { key, doc });
    }
  }

  /** Gives every shard the layout's version and counts: what was taken by then counts, nothing more is given before it is settled. */
  async #tellShards(owner: string, { version, shares, limit }: Layout): Promise<number[]> {
    const count = Math.max(shares.length, spread(limit).length);
    const taken: number[] = [];
    for (let place = 0; place < count; place++) {
      await this.#change(owner, place, (stored) => {
        const shard = stored ?? emptyShard(version);
        if (shard.version > version) throw new ConflictError('changed', 'Somebody else has changed the limit since.');
        taken[place] = slotsTaken(shard, ALWAYS);
        return stored?.version === version ? null : { ...shard, version };
      });
    }
    return taken;
  }

  async #takeAll(
    owner: string,
    layout: Layout,
    asked: Holder,
    now: Date,
    again: boolean,
  ): Promise<'taken' | 'full' | 'stale'> {
    let left = asked.slots;
    if (again) {
      const held = (await this.holders(owner, now)).filter(({ id }) => id === asked.id);
      left -= held.reduce((sum, { slots }) => sum + slots, 0);
    }
    let [took, stale] = [0, false];
    for (const place of startingAt(asked.id, layout.shares.length)) {
      if (left <= 0 || stale) break;
      const share = layout.shares[place] ?? 0;
      let taken = 0;
      await this.#change(owner, place, (stored) => {
        const shard = stored ?? emptyShard(layout.version);
        stale = shard.version !== layout.version;
        taken = 0;
        if (stale) return null;
        const present = asked.id === ANONYMOUS ? 0 : slotsOf(shard, asked.id, now);
        if (present > 0) {
          taken = Math.min(left, present);
          return null;
        }
        if (share === 0) return null;
        const after = take(shard, share, { ...asked, slots: left }, now);
        taken = after.taken;
        return taken === 0 ? null : after.shard;
      });
      [left, took] = [left - taken, took + taken];
    }
    if (left <= 0) return 'taken';
    if (took > 0) await this.release(owner, asked.id, took);
    return stale ? 'stale' : 'full';
  }

  /** `change` may run several times; only what it said last was written. */
  async #change(owner: string, place: number, change: (shard: Shard | null) => Shard | null): Promise<void> {
    const key = shardKey(owner, place);
    for (let round = 1; round <= ROUNDS; round++) {
      const stored = await this.#table.get<Shard>(key);
      const doc = change(stored?.doc ?? null);
      if (!doc) return;
      const write: ItemWrite<Shard> = { key, doc, pending: (doc.wakes ?? 0) > 0 };
      try {
        await (stored ? this.#table.replace(stored, write) : this.#table.create(write));
        return;
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
      }
    }
    throw contended(owner);
  }
}

const slotsOf = (shard: Shard, id: string, now: Date): number =>
  holdersOf(shard, now).find((holder) => holder.id === id)?.slots ?? 0;

const SHARD = 'SHARD#';
const headKey = (owner: string): Key => keys.slots(owner, 'HEAD');
const deniedKey = (owner: string): Key => keys.slots(owner, 'DENIED');
const shardKey = (owner: string, place: number): Key => keys.slots(owner, `${SHARD}${String(place).padStart(2, '0')}`);

/** All places, beginning with one that depends on the holder: different ones begin at different shards (rule 21). */
function startingAt(id: string, count: number): number[] {
  const start = createHash('sha256').update(id).digest().readUInt32BE() % Math.max(1, count);
  return Array.from({ length: count }, (_, place) => (start + place) % count);
}

const contended = (owner: string): ConflictError =>
  new ConflictError('contended', `Too many ask for the slots of ${owner} at once; try again.`);
