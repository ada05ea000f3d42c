import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConflictError } from '../../../shared/domain/errors.ts';
import type { Table } from '../../../shared/store/table.ts';
import { embeddedTable } from '../../embedded-dynamodb.ts';

describe('the table', () => {
  let table: Table;
  let close: () => Promise<void>;
  let now = new Date('2026-11-24T00:00:00Z');
  beforeAll(async () => {
    ({ table, close } = await embeddedTable({ now: () => now }));
  });
  afterAll(() => close());

  const key = (name: string) => ({ pk: `TEST#${name}`, sk: '-' });

  it('creates an item once', async () => {
    await table.create({ key: key('once'), doc: { a: 1 } });

    await expect(table.create({ key: key('once'), doc: { a: 2 } })).rejects.toThrow(ConflictError);
    expect((await table.get(key('once')))?.doc).toEqual({ a: 1 });
  });

  it('lets exactly one of two writers replace what both read', async () => {
    await table.create({ key: key('race'), doc: { by: 'nobody' } });
    const read = (await table.get(key('race')))!;

    const results = await Promise.allSettled(
      ['first', 'second'].map((by) => table.replace(read, { key: key('race'), doc: { by } })),
    );

    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('applies every one of many concurrent updates', async () => {
    await table.create({ key: key('counter'), doc: { count: 0 } });

    await Promise.all(
      Array.from({ length: 5 }, () =>
        table.update<{ count: number }>(key('counter'), (doc) => ({
          key: key('counter'),
          doc: { count: doc.count + 1 },
        })),
      ),
    );

    expect((await table.get<{ count: number }>(key('counter')))?.doc.count).toBe(5);
  });

  it.each([
    ['small', 100],
    ['over 32 KB', 60_000],
    ['over one item', 900_000],
  ])('keeps a %s value whole', async (name, size) => {
    const text = randomBytes(size / 2).toString('hex');

    await table.create({ key: key(name), doc: { text } });

    expect((await table.get<{ text: string }>(key(name)))?.doc.text).toBe(text);
  });

  it('leaves no siblings behind when a big value shrinks', async () => {
    const big = await table.create({ key: key('shrinks'), doc: { text: randomBytes(500_000).toString('hex') } });

    await table.replace(big, { key: key('shrinks'), doc: { text: '' } });

    const { items } = await table.list({ pk: `PART#TEST#shrinks#-#${big.parts?.id}` });
    expect(items).toEqual([]);
  });

  it('hides an item from the moment it expires', async () => {
    await table.create({ key: key('expires'), doc: {}, expiresAt: new Date(now.getTime() + 60_000) });

    const before = await table.get(key('expires'));
    now = new Date(now.getTime() + 61_000);
    const after = await table.get(key('expires'));

    expect([before === null, after === null]).toEqual([false, true]);
  });

  it('takes the place of an item that has expired and is not removed yet, and of no other', async () => {
    const expiresAt = new Date(now.getTime() + 60_000);
    await table.create({ key: key('again'), doc: { n: 1 }, expiresAt });

    now = new Date(now.getTime() + 59_000);
    await expect(table.create({ key: key('again'), doc: { n: 2 } })).rejects.toThrow(ConflictError);
    now = new Date(now.getTime() + 2_000);
    await table.create({ key: key('again'), doc: { n: 3 } });

    expect((await table.get<{ n: number }>(key('again')))?.doc.n).toBe(3);
    await expect(table.create({ key: key('again'), doc: { n: 4 } })).rejects.toThrow(ConflictError);
  });

  it('lists keys in order, both ways, in pages', async () => {
    for (const sort of ['a', 'b', 'c']) {
      await table.create({ key: key(`listed-${sort}`), doc: {}, indexes: { ix1: { pk: 'LIST', sk: sort } } });
    }

    const first = await table.list({ index: 'ix1', pk: 'LIST', limit: 2 });
    const rest = await table.list({ index: 'ix1', pk: 'LIST', after: first.next! });
    const reversed = await table.list({ index: 'ix1', pk: 'LIST', descending: true });

    expect([...first.items, ...rest.items].map((item) => item.sort)).toEqual(['a', 'b', 'c']);
    expect(reversed.items.map((item) => item.sort)).toEqual(['c', 'b', 'a']);
  });

  it('reads many at once in the order asked for, with null for what is not there', async () => {
    await table.create({ key: key('many-1'), doc: 1 });
    await table.create({ key: key('many-2'), doc: 2 });

    const found = await table.getMany([key('many-2'), key('absent'), key('many-1')]);

    expect(found.map((item) => item?.doc ?? null)).toEqual([2, null, 1]);
  });

  it('finds every item that owes an effect', async () => {
    await table.create({ key: key('owes'), doc: {}, pending: true });
    await table.create({ key: key('owes-nothing'), doc: {} });

    const found: string[] = [];
    for await (const { pk } of table.pendingItems()) found.push(pk);

    expect(found).toEqual(['TEST#owes']);
  });
});
