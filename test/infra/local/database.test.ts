import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, DataFolderOutdated, ensureTable, startDatabase } from '../../../infra/local/database.ts';
import { askHere, engineClient } from '../../../infra/local/database-client.ts';
import { openEngine } from '../../../infra/local/database-engine.ts';
import { Table } from '../../../shared/store/table.ts';
import { createTableInput } from '../../../shared/store/table-definition.ts';

const failOnFault = { onFailure: (error: Error) => expect.fail(String(error)) };

describe('the embedded DynamoDB', () => {
  let folder: string;
  let database: Database;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pushpool-test-'));
    database = await startDatabase(join(folder, 'dynamodb'), failOnFault);
  });
  afterEach(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps items and their lists in the data folder', async () => {
    await database.table.create({
      key: { pk: 'FLOW#1', sk: '-' },
      doc: { name: 'kept' },
      indexes: { ix1: { pk: 'FLOW', sk: 'kept' } },
    });

    await database.close();
    database = await startDatabase(join(folder, 'dynamodb'), failOnFault);

    expect((await database.table.get({ pk: 'FLOW#1', sk: '-' }))?.doc).toEqual({ name: 'kept' });
    expect((await database.table.list({ index: 'ix1', pk: 'FLOW' })).items).toHaveLength(1);
  });

  it('refuses a folder whose table lacks a list of today, says what to do, and leaves the folder free', async () => {
    const old = join(folder, 'old');
    const { GlobalSecondaryIndexes, AttributeDefinitions, ...input } = createTableInput('pushpool');
    const engine = await openEngine(old);
    const client = engineClient(askHere(engine)) as DynamoDBClient;
    await client.send(
      new CreateTableCommand({
        ...input,
        GlobalSecondaryIndexes: GlobalSecondaryIndexes.filter((index) => index.IndexName !== 'ix8'),
        AttributeDefinitions: AttributeDefinitions.filter(({ AttributeName }) => !AttributeName.startsWith('ix8')),
      }),
    );
    await waitUntilTableExists({ client, minDelay: 0.01, maxWaitTime: 10 }, { TableName: 'pushpool' });
    await engine.close();

    for (const _ of ['at first', 'again']) {
      await expect(startDatabase(old, failOnFault)).rejects.toThrow(
        new DataFolderOutdated(
          `The database in ${old} was made by an earlier pushpool and lacks the lists ix8. Choose another folder with --data, or delete this one if nothing in it is needed any more.`,
        ),
      );
    }
  });

  it('moves an item between lists when it is replaced, and takes it from them when it is removed', async () => {
    const key = { pk: 'RUN#1', sk: '-' };
    const created = await database.table.create({ key, doc: 1, indexes: { ix6: { pk: 'SCHEDULED', sk: 'a' } } });
    const replaced = await database.table.replace(created, {
      key,
      doc: 2,
      indexes: { ix6: { pk: 'RUNNING', sk: 'a' }, ix2: { pk: 'D', sk: 'a' } },
    });
    const listed = async (index: 'ix2' | 'ix6', pk: string) => (await database.table.list({ index, pk })).items.length;

    expect([await listed('ix6', 'SCHEDULED'), await listed('ix6', 'RUNNING'), await listed('ix2', 'D')]).toEqual([
      0, 1, 1,
    ]);
    await database.table.remove(key, replaced);
    expect([await listed('ix6', 'RUNNING'), await listed('ix2', 'D')]).toEqual([0, 0]);
  });

  it('deletes expired items and leaves the rest', async () => {
    const now = new Date('2026-11-24T12:00:00Z');
    await database.table.put({ key: { pk: 'A', sk: '-' }, doc: {}, expiresAt: new Date(now.getTime() - 1000) });
    await database.table.put({ key: { pk: 'B', sk: '-' }, doc: {}, expiresAt: new Date(now.getTime() + 60_000) });
    await database.table.put({ key: { pk: 'C', sk: '-' }, doc: {} });

    expect(await database.sweepExpired(now)).toBe(1);
    expect(await database.sweepExpired(now)).toBe(0);
    expect(await database.table.get({ pk: 'C', sk: '-' })).not.toBeNull();
  });

  it('waits for a table that the engine is still making', async () => {
    const slow = dynalite({ createTableMs: 300 });
    await new Promise<void>((listening) => slow.listen(0, '127.0.0.1', () => listening()));
    const client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${(slow.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });

    await Promise.all([ensureTable(client, 'slow'), ensureTable(client, 'other')]);
    await ensureTable(client, 'slow');

    await new Table(client, 'slow').put({ key: { pk: 'A', sk: '-' }, doc: {} });
    client.destroy();
    await new Promise<void>((closed) => slow.close(() => closed()));
  });
});
