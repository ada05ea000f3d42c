import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type AttributeValue,
  BatchGetItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureTable } from '../../../infra/local/database.ts';
import { askHere, type EngineClient, engineClient } from '../../../infra/local/database-client.ts';
import { type Engine, openEngine } from '../../../infra/local/database-engine.ts';
import { createTableInput } from '../../../shared/store/table-definition.ts';

/** Few keys, so that sequences meet the same items; `é` and `~` stand at the edges of how keys are compared. */
const part = fc.constantFrom('a', 'b', 'ab', 'é', '~', 'B#1');
const key = fc.record({ pk: part, sk: part });
const marshalled = ({ pk, sk }: { pk: string; sk: string }) => ({ pk: { S: pk }, sk: { S: sk } });
const index = fc.constantFrom('ix1', 'ix6');
const ofIndex = (name: string, place: { pk: string; sk: string } | null): Record<string, AttributeValue> =>
  place ? { [`${name}pk`]: { S: place.pk }, [`${name}sk`]: { S: place.sk } } : {};
const CAPACITY = { ReturnConsumedCapacity: 'TOTAL' } as const;

const put = fc
  .record({
    key,
    rev: fc.integer({ min: 1, max: 3 }),
    doc: fc.oneof(
      fc.string({ maxLength: 20 }).map((S): AttributeValue => ({ S })),
      fc.uint8Array({ minLength: 1, maxLength: 3000 }).map((B): AttributeValue => ({ B: Buffer.from(B) })),
    ),
    ix1: fc.option(key),
    ix6: fc.option(key),
    when: fc.constantFrom('always', 'new', 'rev 1'),
  })
  .map(({ key, rev, doc, ix1, ix6, when }) => {
    const Item = { ...marshalled(key), rev: { N: String(rev) }, doc, ...ofIndex('ix1', ix1), ...ofIndex('ix6', ix6) };
    const condition = {
      always: {},
      new: { ConditionExpression: 'attribute_not_exists(pk)' },
      'rev 1': { ConditionExpression: 'rev = :rev', ExpressionAttributeValues: { ':rev': { N: '1' } } },
    }[when];
    return (TableName: string) => new PutItemCommand({ TableName, Item, ...condition, ...CAPACITY });
  });
const remove = fc.record({ key, unchanged: fc.boolean() }).map(
  ({ key, unchanged }) =>
    (TableName: string) =>
      new DeleteItemCommand({
        TableName,
        Key: marshalled(key),
        ...CAPACITY,
        ...(unchanged && {
          ConditionExpression: 'attribute_not_exists(pk) OR rev = :rev',
          ExpressionAttributeValues: { ':rev': { N: '1' } },
        }),
      }),
);
const get = fc.record({ key, ConsistentRead: fc.boolean() }).map(
  ({ key, ConsistentRead }) =>
    (TableName: string) =>
      new GetItemCommand({ TableName, Key: marshalled(key), ConsistentRead, ...CAPACITY }),
);
const getMany = fc.uniqueArray(key, { minLength: 1, maxLength: 8, selector: ({ pk, sk }) => `${pk}/${sk}` }).map(
  (keys) => (TableName: string) =>
    new BatchGetItemCommand({
      RequestItems: { [TableName]: { Keys: keys.map(marshalled), ConsistentRead: true } },
      ...CAPACITY,
    }),
);
const query = fc
  .record({
    on: fc.option(index),
    pk: part,
    bounds: fc.oneof(
      fc.constant(null),
      fc.record({ from: part }),
      fc.record({ to: part }),
      fc.record({ prefix: part }),
      fc.tuple(part, part).map((ends) => {
        const [from = '', to = ''] = ends.toSorted();
        return { from, to };
      }),
    ),
    descending: fc.boolean(),
    limit: fc.option(fc.integer({ min: 1, max: 4 })),
  })
  .map(({ on, pk, bounds, descending, limit }) => {
    const [pkName, skName] = on ? [`${on}pk`, `${on}sk`] : ['pk', 'sk'];
    const given = Object.entries(bounds ?? {}).map(([name, S]) => [`:${name}`, { S }]);
    const { from, to, prefix } = { from: undefined, to: undefined, prefix: undefined, ...bounds };
    const range = prefix
      ? ` AND begins_with(${skName}, :prefix)`
      : from && to
        ? ` AND ${skName} BETWEEN :from AND :to`
        : from
          ? ` AND ${skName} >= :from`
          : to
            ? ` AND ${skName} <= :to`
            : '';
    return (TableName: string) =>
      new QueryCommand({
        TableName,
        ...(on && { IndexName: on, ProjectionExpression: `pk, sk, ${pkName}, ${skName}` }),
        KeyConditionExpression: `${pkName} = :pk${range}`,
        ExpressionAttributeValues: { ':pk': { S: pk }, ...Object.fromEntries(given) },
        ScanIndexForward: !descending,
        ConsistentRead: on === null,
        ...(limit !== null && { Limit: limit }),
        ...CAPACITY,
      });
  });
const scan = fc.constant(
  (TableName: string) =>
    new ScanCommand({
      TableName,
      FilterExpression: 'rev = :rev',
      ExpressionAttributeValues: { ':rev': { N: '1' } },
      ProjectionExpression: 'pk, sk',
    }),
);
const refused = fc.constantFrom(
  (TableName: string) => new GetItemCommand({ TableName, Key: { pk: { S: 'a' } } }),
  (TableName: string) => new PutItemCommand({ TableName, Item: { pk: { S: 'a' } } }),
  (TableName: string) => new GetItemCommand({ TableName: `${TableName}-none`, Key: marshalled({ pk: 'a', sk: 'a' }) }),
);
const command = fc.oneof(
  { arbitrary: put, weight: 5 },
  { arbitrary: remove, weight: 1 },
  { arbitrary: get, weight: 1 },
  { arbitrary: getMany, weight: 1 },
  { arbitrary: query, weight: 4 },
  { arbitrary: scan, weight: 1 },
  { arbitrary: refused, weight: 1 },
);

describe('the engine of the local home', () => {
  let engine: Engine;
  let ours: EngineClient;
  let theirs: DynamoDBClient;
  const server = dynalite({ createTableMs: 0 });
  beforeAll(async () => {
    engine = await openEngine();
    ours = engineClient(askHere(engine));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
    theirs = clientOf(server);
  });
  afterAll(async () => {
    theirs.destroy();
    await engine.close();
    await new Promise<void>((closed) => server.close(() => closed()));
  });

  it('answers whatever dynalite answers, errors and the capacity of reads included', async () => {
    let tables = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 40 }), async (commands) => {
        const table = `table-${++tables}`;
        await Promise.all([ensureTable(ours, table), ensureTable(theirs, table)]);
        for (const make of commands) {
          expect(await outcome(ours, make(table))).toEqual(await outcome(theirs, make(table)));
        }
      }),
      { numRuns: 20, seed: 50 },
    );
  }, 60_000);

  it('counts what a write costs with its index entries, as DynamoDB bills them and dynalite does not', async () => {
    const TableName = 'indexed';
    await ensureTable(ours, TableName);
    const at = (place: Record<string, string>) =>
      Object.fromEntries(Object.entries({ pk: 'a', sk: 'b', ...place }).map(([name, S]) => [name, { S }]));
    const units = async (write: PutItemCommand | DeleteItemCommand) =>
      (await ours.send(write as PutItemCommand)).ConsumedCapacity?.CapacityUnits ?? Number.NaN;
    const written = (place: Record<string, string>) =>
      units(new PutItemCommand({ TableName, Item: at(place), ...CAPACITY }));

    expect(await written({}), 'in no list').toBe(1);
    expect(await written({ ix1pk: 'x', ix1sk: '1' }), 'into one').toBe(2);
    expect(await written({ ix1pk: 'x', ix1sk: '1' }), 'where it was').toBe(1);
    expect(await written({ ix1pk: 'x', ix1sk: '2' }), 'to another place').toBe(3);
    expect(await written({ ix1pk: 'x', ix1sk: '2', ix2pk: 'y', ix2sk: '1' }), 'into a second').toBe(2);
    const Key = marshalled({ pk: 'a', sk: 'b' });
    expect(await units(new DeleteItemCommand({ TableName, Key, ...CAPACITY })), 'out of two').toBe(3);
  });

  it('refuses an empty key of an index, as DynamoDB does and dynalite does not', async () => {
    const TableName = 'refusing';
    await ensureTable(ours, TableName);
    const Item = { ...marshalled({ pk: 'a', sk: 'b' }), ix1pk: { S: 'x' }, ix1sk: { S: '' } };

    expect(await outcome(ours, new PutItemCommand({ TableName, Item }))).toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('IndexName: ix1, IndexKey: ix1sk'),
    });
  });
});

/** An answer without what is of the transport, or the error; items of a batch come in no order. */
async function outcome(client: EngineClient, command: { readonly input: object }): Promise<unknown> {
  try {
    const { $metadata: _, ...answer } = plain(await client.send(command as GetItemCommand)) as Record<string, unknown>;
    const isWrite = command instanceof PutItemCommand || command instanceof DeleteItemCommand;
    if (isWrite) delete answer['ConsumedCapacity'];
    const { Responses } = answer as { Responses?: Record<string, unknown[]> };
    if (Responses) for (const items of Object.values(Responses)) items.sort((a, b) => (text(a) < text(b) ? -1 : 1));
    return answer;
  } catch (error) {
    const { name, message } = error as Error;
    return { name, message };
  }
}

const text = (value: unknown): string => JSON.stringify(value);

/** Only what has been set, with bytes as text. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.map(([name, part]) => [name, plain(part)]));
}

describe('a folder whose first process was killed while its table was being made', () => {
  it('is taken up by the next one', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-engine-'));
    const killed = dynalite({ path: folder, createTableMs: 3_600_000 });
    await new Promise<void>((listening) => killed.listen(0, '127.0.0.1', () => listening()));
    const client = clientOf(killed);
    await client.send(new CreateTableCommand(createTableInput('left')));
    client.destroy();
    await new Promise<void>((closed) => killed.close(() => closed()));

    const engine = await openEngine(folder);
    const ours = engineClient(askHere(engine));
    await ensureTable(ours, 'left');
    const Item = { pk: { S: 'a' }, sk: { S: 'b' }, ix1pk: { S: 'c' }, ix1sk: { S: 'd' } };
    await ours.send(new PutItemCommand({ TableName: 'left', Item }));

    const { Items } = await ours.send(
      new QueryCommand({
        TableName: 'left',
        IndexName: 'ix1',
        KeyConditionExpression: 'ix1pk = :c',
        ExpressionAttributeValues: { ':c': { S: 'c' } },
      }),
    );
    expect(Items).toEqual([Item]);
    await engine.close();
    rmSync(folder, { recursive: true });
  });
});

function clientOf(server: Server): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
}
