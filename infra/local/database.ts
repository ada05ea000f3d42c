import { mkdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  ResourceNotFoundException,
  ScanCommand,
  TableStatus,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { type Consumed, Table } from '../../shared/store/table.ts';
import { createTableInput, TABLE_DEFINITION } from '../../shared/store/table-definition.ts';
import { askWorker, type EngineClient, engineClient } from './database-client.ts';

const TABLE_NAME = 'pushpool';
/** DynamoDB itself promises "within a few days"; reads hide expired items at once. */
const SWEEP_INTERVAL_MS = 30 * 60 * 1000;
/** The folder holds the table of another version; the message says what it lacks and what to do. */
export class DataFolderOutdated extends Error {
  override readonly name = 'DataFolderOutdated';
}

export interface Database {
  readonly table: Table;
  /** Deletes what has expired, as DynamoDB's TTL does; returns how many items. Runs by itself every half hour. */
  sweepExpired(now: Date): Promise<number>;
  /** Writes attributes as they are, past the store: for tests of the engine itself. */
  putRaw(item: Record<string, AttributeValue>): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** The database died and nothing can be served any more. */
  readonly onFailure: (error: Error) => void;
  readonly sweepIntervalMs?: number;
  /** Told of the units of every call of the program; @default nobody counts */
  readonly onConsumed?: ((consumed: Consumed) => void) | undefined;
}

/**
 * DynamoDB on this machine: dynalite over LevelDB in `folder`, with the table of shared/store made at first start. A write that was
 * answered is with the operating system: it survives `kill -9`, and so do an item and its index entries together. Throws
 * `DataFolderOutdated` for a table that lacks one of today's indexes: nothing that it holds is in that list.
 */
export async function startDatabase(folder: string, options: DatabaseOptions): Promise<Database> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const worker = new Worker(new URL('./database-worker.ts', import.meta.url), { workerData: { path: folder } });
  let closing = false;
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
  worker.on('error', (error) => {
    if (!closing) options.onFailure(error as Error);
  });
  const client = engineClient(askWorker(worker));
  const close = async () => {
    closing = true;
    const exited = new Promise<void>((done) => worker.once('exit', () => done()));
    worker.postMessage('close');
    await exited;
  };
  try {
    await ensureTable(client, TABLE_NAME);
    await refuseWithoutIndexes(client, folder);
  } catch (error) {
    await close();
    throw error;
  }
  const sweepExpired = (now: Date) => sweep(client, now);
  const timer = setInterval(() => {
    sweepExpired(new Date()).catch((error: unknown) => options.onFailure(error as Error));
  }, options.sweepIntervalMs ?? SWEEP_INTERVAL_MS);
  timer.unref();
  return {
    table: new Table(client, TABLE_NAME, options.onConsumed && { onConsumed: options.onConsumed }),
    sweepExpired,
    async putRaw(item) {
      await client.send(new PutItemCommand({ TableName: TABLE_NAME, Item: item }));
    },
    async close() {
      clearInterval(timer);
      await close();
    },
  };
}

/**
 * The table of shared/store, made when it is missing, and ready: an engine answers CreateTable while the table is still CREATING
 * (dynalite too, one timer later), and until it is ACTIVE every write is refused as if there were none. May be called again.
 */
export async function ensureTable(client: EngineClient, name: string): Promise<void> {
  const status = await tableStatus(client, name);
  if (status === undefined) await client.send(new CreateTableCommand(createTableInput(name)));
  if (status !== TableStatus.ACTIVE) {
    await waitUntilTableExists(
      { client: client as DynamoDBClient, minDelay: 0.01, maxDelay: 0.5, maxWaitTime: 60 },
      { TableName: name },
    );
  }
}

async function refuseWithoutIndexes(client: EngineClient, folder: string): Promise<void> {
  const { Table: found } = await client.send(new DescribeTableCommand({ TableName: TABLE_NAME }));
  const present = new Set(found?.GlobalSecondaryIndexes?.map((index) => index.IndexName));
  const missing = TABLE_DEFINITION.indexes.map((index) => index.name).filter((name) => !present.has(name));
  if (missing.length === 0) return;
  throw new DataFolderOutdated(
    `The database in ${folder} was made by an earlier pushpool and lacks the lists ${missing.join(', ')}. Choose another folder with --data, or delete this one if nothing in it is needed any more.`,
  );
}

async function tableStatus(client: EngineClient, name: string): Promise<TableStatus | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table?.TableStatus;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    return undefined;
  }
}

async function sweep(client: EngineClient, now: Date): Promise<number> {
  const { partitionKey, sortKey, timeToLiveAttribute } = TABLE_DEFINITION;
  let removed = 0;
  let after: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: TABLE_NAME,
        ExclusiveStartKey: after,
        FilterExpression: '#ttl <= :now',
        ProjectionExpression: '#pk, #sk, #ttl',
        ExpressionAttributeNames: { '#pk': partitionKey, '#sk': sortKey, '#ttl': timeToLiveAttribute },
        ExpressionAttributeValues: { ':now': { N: String(Math.floor(now.getTime() / 1000)) } },
      }),
    );
    for (const item of page.Items ?? []) {
      try {
        await client.send(
          new DeleteItemCommand({
            TableName: TABLE_NAME,
            Key: { [partitionKey]: item[partitionKey]!, [sortKey]: item[sortKey]! },
            ConditionExpression: '#ttl = :seen',
            ExpressionAttributeNames: { '#ttl': timeToLiveAttribute },
            ExpressionAttributeValues: { ':seen': item[timeToLiveAttribute]! },
          }),
        );
        removed += 1;
      } catch (error) {
        // written again since the scan saw it: it lives on
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    }
    after = page.LastEvaluatedKey;
  } while (after);
  return removed;
}
