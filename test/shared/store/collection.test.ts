import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConflictError } from '../../../shared/domain/errors.ts';
import { Collection } from '../../../shared/store/collection.ts';
import { keys } from '../../../shared/store/keys.ts';
import type { Table } from '../../../shared/store/table.ts';
import { embeddedTable } from '../../embedded-dynamodb.ts';

interface Thing {
  id: string;
  name: string;
}

describe('a collection of entities with a unique name', () => {
  let table: Table;
  let things: Collection<Thing>;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ table, close } = await embeddedTable());
    things = new Collection<Thing>(table, {
      kind: 'variable',
      uniqueName: (thing) => thing.name,
      indexes: (thing) => ({ ix1: keys.list('variable', thing.name) }),
    });
  });
  afterAll(() => close());

  it('lets one of many concurrent creators win and gives the rest what it made', async () => {
    const made = await Promise.all(['1', '2', '3', '4'].map((id) => things.create({ id, name: 'contended' })));

    expect(made.filter((result) => result.created)).toHaveLength(1);
    expect(new Set(made.map((result) => result.doc.id)).size).toBe(1);
  });

  it('adopts the name of a creator that died before its entity was written', async () => {
    await table.create({ key: keys.unique('variable', 'half-made'), doc: { id: 'dead' } });

    const { doc, created } = await things.create({ id: 'heir', name: 'half-made' });

    expect([doc.id, created]).toEqual(['dead', true]);
    expect(await things.getByName('half-made')).toEqual({ id: 'dead', name: 'half-made' });
  });

  it('carries through a deletion that died half-way before it gives the name away', async () => {
    await things.create({ id: 'old', name: 'half-deleted' });
    await table.put({ key: keys.unique('variable', 'half-deleted'), doc: { id: 'old', deleting: true } });

    const { doc, created } = await things.create({ id: 'new', name: 'half-deleted' });

    expect([doc.id, created, await things.get('old')]).toEqual(['new', true, null]);
  });

  it('moves the name when an entity is renamed, and frees the old one', async () => {
    await things.create({ id: 'renamed', name: 'before' });

    await things.update('renamed', (thing) => ({ ...thing, name: 'after' }));

    expect(await things.getByName('after')).toEqual({ id: 'renamed', name: 'after' });
    expect((await things.create({ id: 'next', name: 'before' })).created).toBe(true);
  });

  it('refuses to rename to a name that another entity holds', async () => {
    await things.create({ id: 'holder', name: 'held' });
    await things.create({ id: 'wants', name: 'free' });

    await expect(things.update('wants', (thing) => ({ ...thing, name: 'held' }))).rejects.toThrow(ConflictError);
  });

  it('deletes once and answers false the second time', async () => {
    await things.create({ id: 'gone', name: 'gone' });

    expect([await things.delete('gone'), await things.delete('gone')]).toEqual([true, false]);
    expect(await things.getByName('gone')).toBeNull();
  });

  it('lists its entities by name', async () => {
    const names: string[] = [];
    for await (const thing of things.list()) names.push(thing.name);

    expect(names).toEqual([...names].sort());
    expect(names).toContain('held');
  });
});
