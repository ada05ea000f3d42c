import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConflictError } from '../../../shared/domain/errors.ts';
import { SlotLedger, type SlotLimit } from '../../../shared/store/slot-ledger.ts';
import type { Consumed, Table } from '../../../shared/store/table.ts';
import { embeddedTable } from '../../embedded-dynamodb.ts';

describe('the slot ledger', () => {
  const consumed: Consumed[] = [];
  const now = new Date();
  let table: Table;
  let ledger: SlotLedger;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ table, close } = await embeddedTable({ onConsumed: (used) => consumed.push(used) }));
    ledger = new SlotLedger(table);
  });
  afterAll(() => close());

  let made = 0;
  const limitOf = (limit: number): SlotLimit => ({ owner: `LIMIT#${++made}`, limit, rev: 1 });
  const changed = (before: SlotLimit, limit: number): SlotLimit => ({ ...before, limit, rev: before.rev + 1 });
  const holder = (id: string, slots = 1, expires: Date | null = null) => ({ id, slots, expires });
  const ids = (count: number, prefix = 'h') => Array.from({ length: count }, (_, place) => `${prefix}${place}`);
  const takeAll = (limit: SlotLimit, names: string[]) =>
    Promise.all(names.map((id) => ledger.acquire(limit, holder(id), now)));
  const takeInTurn = async (limit: SlotLimit, names: string[]) => {
    for (const id of names) await ledger.acquire(limit, holder(id), now);
  };

  it.each([0, 1, 7, 16])('gives a limit of %i to exactly so many of those who ask at once', async (slots) => {
    const limit = limitOf(slots);

    const taken = await takeAll(limit, ids(slots + 5));

    expect(taken.filter((got) => got)).toHaveLength(slots);
    expect(await ledger.taken(limit.owner, now)).toBe(slots);
  });

  it('gives all slots of several shards to those who ask at once', async () => {
    const limit = limitOf(60);
    await takeInTurn(limit, ids(50));

    const taken = await takeAll(limit, ids(15, 'last'));

    expect(taken.filter((got) => got)).toHaveLength(10);
  });

  it('gives a holder its slot once, and takes it back once', async () => {
    const limit = limitOf(120);
    await ledger.acquire(limit, holder('a'), now, { again: true });
    await ledger.acquire(limit, holder('a'), now, { again: true });

    expect(await ledger.taken(limit.owner, now)).toBe(1);
    expect((await ledger.release(limit.owner, 'a', 1)).slots).toBe(1);
    expect((await ledger.release(limit.owner, 'a', 1)).slots).toBe(0);
  });

  it('gives many slots from several shards, or none', async () => {
    const limit = limitOf(100);
    await ledger.acquire(limit, holder('most', 80), now);

    expect(await ledger.acquire(limit, holder('too-many', 21), now)).toBe(false);
    expect(await ledger.taken(limit.owner, now)).toBe(80);
    expect(await ledger.acquire(limit, holder('rest', 20), now)).toBe(true);
    expect((await ledger.release(limit.owner, 'most', 80)).slots).toBe(80);
  });

  it.each([
    [120, 10],
    [10, 120],
    [120, 60],
    [7, 3],
  ])('gives nothing above a limit that was changed from %i to %i while many asked', async (before, after) => {
    const limit = limitOf(before);
    const lowered = changed(limit, after);
    await takeInTurn(limit, ids(Math.floor(before / 2)));

    const racing = ids(10, 'racing').map((id) =>
      ledger.acquire(limit, holder(id), now).catch((error: unknown) => {
        if (error instanceof ConflictError && error.code === 'changed') return false;
        throw error;
      }),
    );
    await ledger.resize(lowered);
    const atChange = await ledger.taken(limit.owner, now);
    await Promise.all(racing);
    await takeInTurn(lowered, ids(after + 5, 'later'));

    expect(await ledger.taken(limit.owner, now)).toBe(Math.max(after, atChange));
  });

  it('carries on a change of the limit that was left half made', async () => {
    const limit = limitOf(120);
    const lowered = changed(limit, 60);
    await takeInTurn(limit, ids(30));
    for (const failing of [1, 2, 3, 4]) {
      const half = new SlotLedger(failingAfter(table, failing));
      await half.resize(lowered).catch(() => {});
    }

    expect(await ledger.acquire(lowered, holder('next'), now)).toBe(true);
    await takeInTurn(lowered, ids(35, 'more'));
    expect(await ledger.taken(limit.owner, now)).toBe(60);
  });

  it('holds whatever the order of taking, giving, renewing and changing the limit', async () => {
    const command = fc.oneof(
      fc.record({ kind: fc.constant('take' as const), who: fc.nat(9), slots: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ kind: fc.constant('give' as const), who: fc.nat(9), slots: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ kind: fc.constant('change' as const), who: fc.constantFrom(0, 5, 40, 90, 130), slots: fc.nat(0) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
        let limit = limitOf(90);
        const held = new Map<string, number>();
        for (const { kind, who, slots } of commands) {
          const id = `w${who}`;
          const total = [...held.values()].reduce((sum, count) => sum + count, 0);
          if (kind === 'change') {
            limit = changed(limit, who);
            await ledger.resize(limit);
          } else if (kind === 'take') {
            if (held.get(id)) continue;
            const got = await ledger.acquire(limit, holder(id, slots), now);
            expect(got).toBe(total + slots <= limit.limit);
            if (got) held.set(id, slots);
          } else {
            const back = Math.min(slots, held.get(id) ?? 0);
            expect((await ledger.release(limit.owner, id, slots)).slots).toBe(back);
            held.set(id, (held.get(id) ?? 0) - back);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('writes one unit for a slot and one to give it back', async () => {
    const limit = limitOf(10);
    await ledger.acquire(limit, holder('first'), now);

    const before = consumed.length;
    await ledger.acquire(limit, holder('second'), now);
    await ledger.release(limit.owner, 'second', 1);
    const puts = consumed.slice(before).filter(({ operation }) => operation === 'put');

    expect(puts.map(({ units }) => units)).toEqual([1, 1]);
  });

  it('writes one or two units for a slot of a limit with 500 holders', async () => {
    const limit = limitOf(501);
    await takeInTurn(limit, ids(500, 'r0190a1b2c3d4e5f6a7b8-'));

    const before = consumed.length;
    await ledger.acquire(limit, holder('r0190a1b2c3d4e5f6a7b8-last'), now);
    const puts = consumed.slice(before).filter(({ operation }) => operation === 'put');

    expect(puts.reduce((sum, { units }) => sum + units, 0)).toBeLessThanOrEqual(2);
  });
});

/** The same table for a caller that dies before its nth write. */
function failingAfter(table: Table, writes: number): Table {
  let left = writes;
  return new Proxy(table, {
    get(target, name: keyof Table) {
      const value = target[name];
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if ((name === 'create' || name === 'replace') && --left < 0) throw new Error('the process died');
        return (value as (...given: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}
