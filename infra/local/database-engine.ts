import { promisify } from 'node:util';
import {
  type Action,
  type Callback,
  dynalite,
  type IndexSchema,
  type Json,
  type KeyRange,
  type LevelWrite,
  load,
  type Request,
  type Schema,
  type Store,
  validations,
} from './dynalite-parts.ts';

const OPERATIONS = [
  'batchGetItem',
  'createTable',
  'deleteItem',
  'describeTable',
  'getItem',
  'putItem',
  'query',
  'scan',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** The most that one page of a query or a batch of items holds. */
const PAGE_BYTES = 1024 * 1024;
const ROWS_AT_ONCE = 1000;
const READ_UNIT_BYTES = 4096;

/** An answer, or an error with its type, as DynamoDB's JSON protocol has them. */
export interface EngineAnswer {
  readonly ok: boolean;
  readonly body: Json;
}

export interface Engine {
  /** One operation. Rejects when the engine itself is broken. */
  answer(operation: Operation, request: Json): Promise<EngineAnswer>;
  close(): Promise<void>;
}

/**
 * DynamoDB over LevelDB in `path`, or in memory: dynalite's checks, expressions and keys, with ways of our own to read and write, for
 * dynalite reads the table's description before every item, streams row by row, and writes index entries one by one before
 * the item itself. Here an item and its index entries are one batch, which is written whole or not at all.
 */
export async function openEngine(path?: string): Promise<Engine> {
  const store = dynalite.create({ ...(path && { path }), createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await store.db.open();
  await finishTables(store);
  rememberTables(store);
  own.add(store);
  const operations = Object.fromEntries(OPERATIONS.map((name) => [name, operationOf(name)]));
  const underWay = new Set<Promise<unknown>>();
  return {
    async answer(operation, request) {
      const { action, types, custom } = operations[operation]!;
      const answered = new Promise<EngineAnswer>((resolve, reject) => {
        const failed = (error: unknown) => {
          const { statusCode, body } = error as { statusCode?: number; body?: Json };
          if (statusCode === undefined) reject(error);
          else resolve({ ok: false, body: body ?? {} });
        };
        try {
          const checked = validations.checkTypes(operation === 'query' ? withoutExpressions(request) : request, types);
          validations.checkValidations(checked, types, custom, store);
          action(store, checked, (error, body) => (error ? failed(error) : resolve({ ok: true, body: body as Json })));
        } catch (error) {
          failed(error);
        }
      });
      underWay.add(answered);
      try {
        return await answered;
      } finally {
        underWay.delete(answered);
      }
    },
    async close() {
      await Promise.allSettled([...underWay]);
      await store.db.close();
    },
  };
}

const OWN: Partial<Record<Operation, Action>> = {
  getItem(store, request, done) {
    withTable(store, request.TableName, done, (table) => {
      const invalid = dynalite.validateKey(request.Key!, table);
      if (invalid) return done(invalid);
      const item = store.db.getSync(itemKey(table, request.Key!));
      done(null, { Item: item, ConsumedCapacity: dynalite.addConsumedCapacity(request, true, item) });
    });
  },

  batchGetItem(store, request, done) {
    const [[name, wanted]] = Object.entries(request.RequestItems!) as [
      [string, { Keys: Json[]; ConsistentRead?: boolean }],
    ];
    const asked = { ...request, TableName: name, ConsistentRead: wanted.ConsistentRead ?? false };
    withTable(store, name, done, (table) => {
      const items: Json[] = [];
      const unprocessed: Json[] = [];
      let [bytes, units] = [0, 0];
      for (const key of wanted.Keys) {
        const invalid = dynalite.validateKey(key, table);
        if (invalid) return done(invalid);
        if (bytes > PAGE_BYTES) {
          unprocessed.push(key);
          continue;
        }
        const item = store.db.getSync(itemKey(table, key));
        units +=
          (dynalite.addConsumedCapacity(asked, true, item) as { CapacityUnits: number } | undefined)?.CapacityUnits ??
          0;
        if (!item) continue;
        bytes += dynalite.itemSize(item);
        items.push(item);
      }
      done(null, {
        Responses: { [name]: items.reverse() }, // DynamoDB promises no order
        UnprocessedKeys: unprocessed.length > 0 ? { [name]: { ...wanted, Keys: unprocessed } } : {},
        ...(request.ReturnConsumedCapacity === 'TOTAL' && {
          ConsumedCapacity: [{ TableName: name, CapacityUnits: units }],
        }),
      });
    });
  },

  putItem: (store, request, done) =>
    write(
      store,
      request,
      done,
      (table) => dynalite.validateItem(request.Item!, table) ?? emptyIndexKey(request.Item!, table),
      request.Item!,
    ),

  deleteItem: (store, request, done) =>
    write(store, request, done, (table) => dynalite.validateKey(request.Key!, table)),
};

function operationOf(name: Operation): { action: Action; types: unknown; custom: unknown } {
  const { types, custom } = load(`dynalite/validations/${name}`) as { types: unknown; custom: unknown };
  return { action: OWN[name] ?? (load(`dynalite/actions/${name}`) as Action), types, custom };
}

const KEY_CONDITION =
  /^(\w+) = (:\w+)(?: AND (?:(\w+) (>=|<=) (:\w+)|(\w+) (BETWEEN) (:\w+) AND (:\w+)|(begins_with)\((\w+), (:\w+)\)))?$/;
const OPERATORS: Record<string, string> = { '>=': 'GE', '<=': 'LE', BETWEEN: 'BETWEEN', begins_with: 'BEGINS_WITH' };

/**
 * A query with its plain conditions in the older form of the protocol: parsing expressions takes a third of a query's time. One that
 * says more stays as it is.
 */
function withoutExpressions(request: Json): Json {
  const { KeyConditionExpression, ExpressionAttributeValues, ProjectionExpression, ...plain } = request as {
    KeyConditionExpression?: string;
    ExpressionAttributeValues?: Json;
    ProjectionExpression?: string;
  };
  const found = KEY_CONDITION.exec(KeyConditionExpression ?? '');
  const names = ProjectionExpression?.split(', ') ?? [];
  const isPlain = found && names.every((name) => /^\w+$/.test(name));
  if (!isPlain || 'FilterExpression' in plain || 'ExpressionAttributeNames' in plain) return request;
  const [, pk = '', value = '', ...rest] = found;
  const [attribute, operator, ...bounds] = (rest[7] ? [rest[8], rest[7], rest[9]] : rest.filter(Boolean)) as string[];
  if (Object.keys(ExpressionAttributeValues ?? {}).length !== 1 + bounds.length) return request;
  const values = (placeholders: readonly string[]) => placeholders.map((name) => ExpressionAttributeValues?.[name]);
  return {
    ...plain,
    KeyConditions: {
      [pk]: { ComparisonOperator: 'EQ', AttributeValueList: values([value]) },
      ...(attribute && {
        [attribute]: { ComparisonOperator: OPERATORS[operator!], AttributeValueList: values(bounds) },
      }),
    },
    ...(names.length > 0 && { AttributesToGet: names }),
  };
}

/** AWS takes no empty string for a key of an index either; dynalite does. */
function emptyIndexKey(item: Json, { GlobalSecondaryIndexes = [] }: Schema): unknown {
  for (const { IndexName, KeySchema } of GlobalSecondaryIndexes)
    for (const { AttributeName } of KeySchema)
      if ((item[AttributeName] as { S?: string } | undefined)?.S === '')
        return dynalite.validationError(
          'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
            `The AttributeValue for a key attribute cannot contain an empty string value. IndexName: ${IndexName}, IndexKey: ${AttributeName}`,
        );
  return undefined;
}

/** Puts or deletes an item and its index entries in one batch, alone with its key. */
function write(store: Store, request: Request, done: Callback, problem: (table: Schema) => unknown, item?: Json): void {
  withTable(store, request.TableName, done, (table) => {
    const invalid = problem(table);
    if (invalid) return done(invalid);
    const key = dynalite.createKey(item ?? request.Key!, table);
    store.getItemDb(table.TableName).lock(key, (release) => {
      const finish = release(done);
      const place = `item-${table.TableName}~${key}`;
      const existing = store.db.getSync(place);
      const refused = dynalite.checkConditional(request, existing);
      if (refused) return finish(refused);
      const ConsumedCapacity = withIndexes(
        dynalite.addConsumedCapacity(request, false, existing, item) as Capacity | undefined,
        entriesWritten(table, existing, item),
      );
      const operations = indexWrites(table, existing, item);
      operations.push(item ? { type: 'put', key: place, value: item } : { type: 'del', key: place });
      store.db.batch(operations, (error) => (error ? finish(error) : finish(null, { ConsumedCapacity })));
    });
  });
}

interface Capacity extends Json {
  readonly CapacityUnits: number;
}

/** DynamoDB's TOTAL counts the index entries that a write makes and removes, a unit each (ours hold keys alone, below 1 KB); dynalite's does not. */
const withIndexes = (capacity: Capacity | undefined, entries: number): Capacity | undefined =>
  capacity && { ...capacity, CapacityUnits: capacity.CapacityUnits + entries };

/** An entry that stays where it is costs nothing; one that moves is removed and made. */
function entriesWritten(table: Schema, existing: Json | undefined, item: Json | undefined): number {
  const place = (of: Json | undefined, { KeySchema }: IndexSchema): string => {
    const values = KeySchema.map(({ AttributeName }) => of?.[AttributeName]);
    return values.includes(undefined) ? '' : JSON.stringify(values);
  };
  return (table.GlobalSecondaryIndexes ?? [])
    .map((index) => [place(existing, index), place(item, index)] as const)
    .filter(([before, after]) => before !== after)
    .reduce((sum, places) => sum + places.filter((one) => one !== '').length, 0);
}

function indexWrites(table: Schema, existing: Json | undefined, item: Json | undefined): LevelWrite[] {
  if (!existing && !item) return [];
  const { puts, deletes } = dynalite.getIndexActions(table.GlobalSecondaryIndexes ?? [], existing, item, table);
  return [
    ...deletes.map(({ index, key }): LevelWrite => ({ type: 'del', key: `${indexPrefix(table, index)}${key}` })),
    ...puts.map(
      (put): LevelWrite => ({ type: 'put', key: `${indexPrefix(table, put.index)}${put.key}`, value: put.item }),
    ),
  ];
}

const itemKey = (table: Schema, key: Json): string => `item-${table.TableName}~${dynalite.createKey(key, table)}`;
const indexPrefix = ({ TableName }: Schema, index: string): string => `index-global~${TableName}~${index}~`;

/** The stores that are read in our way; another dynalite in this process keeps its own. */
const own = new WeakSet<Store>();
const streamRows = dynalite.queryTable;

/** To this dynalite's queries and scans hand the range of keys that they have worked out: here rows come many at a time. */
dynalite.queryTable = (...given) => {
  const [store, table, request, range, , , startKeyNames, done] = given;
  if (!own.has(store)) return streamRows(...given);
  readPage(store, table, request, range, startKeyNames).then(
    (page) => done(null, page),
    (error: unknown) => done(error),
  );
};

async function readPage(
  store: Store,
  table: Schema,
  request: Request,
  range: KeyRange,
  startKeyNames: string[],
): Promise<Json> {
  const most = request.Limit ?? Number.POSITIVE_INFINITY;
  const prefix = request.IndexName ? indexPrefix(table, request.IndexName) : `item-${table.TableName}~`;
  const rows = store.db.values(below(prefix, range, Number.isFinite(most) ? most : -1));
  const items: Json[] = [];
  let [bytes, ended] = [0, false];
  try {
    while (!ended && items.length < most && bytes < PAGE_BYTES) {
      const wanted = Math.min(most - items.length, ROWS_AT_ONCE);
      const next = await rows.nextv(wanted);
      ended = next.length < wanted;
      for (const item of next) {
        if (bytes >= PAGE_BYTES) break;
        bytes += dynalite.itemSize(item);
        items.push(item);
      }
    }
  } finally {
    void rows.close(); // nobody waits for it but the end of the database
  }
  const last = ended && bytes < PAGE_BYTES ? undefined : items.at(-1);
  const { _filter: filter } = request;
  const paths = request._projection?.paths ?? request.AttributesToGet;
  const found = filter ? items.filter((item) => dynalite.matchesExprFilter(item, filter.expression)) : items;
  return {
    Count: found.length,
    ScannedCount: items.length,
    ...(request.Select !== 'COUNT' && {
      Items: paths ? found.map((item) => dynalite.mapPaths(paths, item)) : found,
    }),
    ...(last && { LastEvaluatedKey: Object.fromEntries(startKeyNames.map((name) => [name, last[name]])) }),
    ...(request.ReturnConsumedCapacity === 'TOTAL' && {
      ConsumedCapacity: {
        TableName: table.TableName,
        CapacityUnits: Math.ceil(bytes / READ_UNIT_BYTES) * (request.ConsistentRead ? 1 : 0.5),
      },
    }),
  };
}

/** The range within one of the lists that LevelDB's only list of keys is made of. */
function below(prefix: string, range: KeyRange, limit: number): Json {
  const { reverse, gt, lt } = range;
  return {
    ...(reverse && { reverse }),
    limit,
    highWaterMarkBytes: 8 * PAGE_BYTES, // never fewer rows than were asked for and are there
    ...(gt === undefined ? { gte: prefix + (range.gte ?? '') } : { gt: prefix + gt }),
    ...(range.lte === undefined ? { lt: prefix + (lt ?? '\xff') } : { lte: prefix + range.lte }),
  };
}

function withTable(store: Store, name: string, done: Callback, work: (table: Schema) => void): void {
  store.getTable(name, (error, table) => {
    if (error) return done(error);
    try {
      work(table!);
    } catch (thrown) {
      done(thrown);
    }
  });
}

/**
 * A table is CREATING for one timer's length; a process that was killed in it left it so for ever. Nobody else has the folder open, and
 * nothing but this status was left to write.
 */
async function finishTables(store: Store): Promise<void> {
  const tables = store.db.values({ gte: 'table~', lt: 'table~~' });
  const left = ((await tables.nextv(ROWS_AT_ONCE)) as unknown as Schema[]).filter(
    (table) => table.TableStatus === 'CREATING',
  );
  await tables.close();
  const writes = left.map((table): LevelWrite => {
    const indexes = table.GlobalSecondaryIndexes?.map((index) => ({ ...index, IndexStatus: 'ACTIVE' }));
    const value = { ...table, TableStatus: 'ACTIVE', ...(indexes && { GlobalSecondaryIndexes: indexes }) };
    return { type: 'put', key: `table~${table.TableName}`, value };
  });
  if (writes.length > 0) await promisify(store.db.batch.bind(store.db))(writes);
}

/** A table's description does not change once it is active; dynalite reads it anew for every item. */
function rememberTables(store: Store): void {
  const read = store.getTable;
  const known = new Map<string, Schema>();
  store.getTable = (name, ...rest) => {
    const [first, second] = rest;
    if (second) return read(name, first as boolean, second); // whoever makes or describes a table looks at what is stored
    const done = first as Callback<Schema>;
    const table = known.get(name);
    if (table) return done(null, table);
    read(name, (error, found) => {
      if (found?.TableStatus === 'ACTIVE') known.set(name, found);
      done(error, found);
    });
  };
}
