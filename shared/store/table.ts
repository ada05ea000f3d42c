import {
  type AttributeValue,
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-dynamodb';
import { ConflictError } from '../domain/errors.ts';
import { decodeDocument, type EncodedDocument, encodeDocument, partKey } from './big-values.ts';
import type { Key } from './key.ts';
import {
  type Cursor,
  countOf,
  INDEXES,
  type IndexName,
  isEmpty,
  keyNames,
  marshalKey,
  queryOf,
  type Range,
} from './range.ts';
import { toStoreError } from './store-errors.ts';

export type IndexKeys = Partial<Record<IndexName, Key | null>>;

/** What is written: the document (any JSON value), where it is listed, and when it may disappear. */
export interface ItemWrite<Doc> {
  readonly key: Key;
  readonly doc: Doc;
  readonly indexes?: IndexKeys;
  /** DynamoDB's TTL: deleted some time after, invisible at once. */
  readonly expiresAt?: Date;
  /** True while an effect of this write is still to be done (rule 2); the repair finds the item by it. */
  readonly pending?: boolean;
  /** Where a document stands in the lists that are counted (`tallies.ts`); those it takes and leaves are marked before the write. */
  readonly tallied?: (doc: Doc) => readonly TallyPlace[];
}

/** Where an item stands in a list that is counted: its sort key there, which begins with a time, or `~` when it has none. */
export interface TallyPlace {
  readonly list: string;
  readonly sort: string;
}

export interface StoredItem<Doc> {
  readonly key: Key;
  readonly doc: Doc;
  /** Raised by every write; the condition of `replace`. */
  readonly rev: number;
  readonly parts: EncodedDocument['parts'];
}

export interface Listed {
  readonly key: Key;
  /** The sort key in the index read. */
  readonly sort: string;
}

export interface Consumed {
  readonly operation: string;
  readonly units: number;
}

export interface TableOptions {
  /** Called with the capacity of every call; units as DynamoDB bills them on demand. */
  readonly onConsumed?: (consumed: Consumed) => void;
  readonly now?: () => Date;
}

const BATCH_GET_LIMIT = 100;
const UPDATE_ATTEMPTS = 10;

/**
 * The one DynamoDB table. Documents are JSON under a key, every change is a single-item conditional write on `rev`,
 * lists come from key-only indexes. Errors: `ConflictError` when the condition fails, `TransientError` for passing faults.
 */
export class Table {
  readonly #client: Pick<DynamoDBClient, 'send'>;
  readonly name: string;
  readonly #onConsumed: (consumed: Consumed) => void;
  readonly #now: () => Date;
  /** Told of the places that a write is about to take or leave, and by what it returns that the write is done. */
  moving: (places: readonly TallyPlace[]) => Promise<() => Promise<void>> = async () => async () => {};

  constructor(client: Pick<DynamoDBClient, 'send'>, name: string, options: TableOptions = {}) {
    this.#client = client;
    this.name = name;
    this.#onConsumed = options.onConsumed ?? (() => {});
    this.#now = options.now ?? (() => new Date());
  }

  now(): Date {
    return this.#now();
  }

  /** Reads consistently; null when there is none or it has expired. */
  async get<Doc>(key: Key): Promise<StoredItem<Doc> | null> {
    const answer = await this.#send(
      'get',
      new GetItemCommand({
        TableName: this.name,
        Key: marshalKey(key),
        ConsistentRead: true,
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    return answer.Item ? this.#read<Doc>(answer.Item) : null;
  }

  /** Reads many consistently, in the order of `keys`; null where there is none. */
  async getMany<Doc>(keys: readonly Key[]): Promise<(StoredItem<Doc> | null)[]> {
    const found = new Map<string, StoredItem<Doc> | null>();
    const wanted = [...new Map(keys.map((key) => [`${key.pk}\n${key.sk}`, key])).values()];
    for (let start = 0; start < wanted.length; start += BATCH_GET_LIMIT) {
      let batch: Record<string, AttributeValue>[] | undefined = wanted
        .slice(start, start + BATCH_GET_LIMIT)
        .map(marshalKey);
      while (batch && batch.length > 0) {
        const answer: Awaited<ReturnType<Table['sendBatchGet']>> = await this.sendBatchGet(batch);
        for (const item of answer.Responses?.[this.name] ?? []) {
          const stored = await this.#read<Doc>(item);
          if (stored) found.set(`${stored.key.pk}\n${stored.key.sk}`, stored);
        }
        batch = answer.UnprocessedKeys?.[this.name]?.Keys;
      }
    }
    return keys.map((key) => {
      const { pk, sk } = marshalKey(key);
      return found.get(`${pk!.S}\n${sk!.S}`) ?? null;
    });
  }

  /**
   * Writes a new item. Throws `ConflictError('exists')` when the key is taken; by one that has expired it is not, though DynamoDB
   * may take days to remove that.
   */
  async create<Doc>(write: ItemWrite<Doc>): Promise<StoredItem<Doc>> {
    const done = await this.moving(write.tallied?.(write.doc) ?? []);
    const now = { ':now': { N: String(Math.floor(this.#now().getTime() / 1000)) } };
    const stored = await this.#write(write, 1, 'attribute_not_exists(pk) OR expires_at <= :now', now, 'exists');
    await done();
    return stored;
  }

  /** Writes over what was read. Throws `ConflictError('changed')` when somebody wrote since; then read again. */
  async replace<Doc>(read: StoredItem<unknown>, write: ItemWrite<Doc>): Promise<StoredItem<Doc>> {
    const done = await this.moving(moved(read, write));
    const stored = await this.#write(write, read.rev + 1, 'rev = :rev', { ':rev': { N: String(read.rev) } }, 'changed');
    await done();
    await this.#removeParts(read);
    return stored;
  }

  /** Writes whatever is there: for items that only one writer knows, or where the last one wins. */
  async put<Doc>(write: ItemWrite<Doc>, rev = 1): Promise<StoredItem<Doc>> {
    return this.#write(write, rev, undefined, {}, 'changed');
  }

  /**
   * Reads, changes and replaces until nobody interferes. `change` returns the next write or null to leave the item as it is.
   * Returns what is stored afterwards, null when there is no item. `change` may be called several times.
   */
  async update<Doc>(
    key: Key,
    change: (doc: Doc, stored: StoredItem<Doc>) => ItemWrite<Doc> | null,
  ): Promise<StoredItem<Doc> | null> {
    for (let attempt = 1; ; attempt++) {
      const stored = await this.get<Doc>(key);
      if (!stored) return null;
      const write = change(stored.doc, stored);
      if (!write) return stored;
      try {
        return await this.replace(stored, write);
      } catch (error) {
        if (!(error instanceof ConflictError) || attempt >= UPDATE_ATTEMPTS) throw error;
      }
    }
  }

  /** Removes an item; with `read`, only if it is unchanged since (`ConflictError('changed')`). Safe to repeat. */
  async remove(key: Key, read?: StoredItem<unknown>): Promise<void> {
    await this.#send(
      'remove',
      new DeleteItemCommand({
        TableName: this.name,
        Key: marshalKey(key),
        ReturnConsumedCapacity: 'TOTAL',
        ...(read && {
          ConditionExpression: 'attribute_not_exists(pk) OR rev = :rev',
          ExpressionAttributeValues: { ':rev': { N: String(read.rev) } },
        }),
      }),
      'changed',
    );
    if (read) await this.#removeParts(read);
  }

  /** One page of keys in index order; `next` is null at the end. Indexes lag a moment behind in AWS. */
  async list(range: Range): Promise<{ items: Listed[]; next: Cursor | null }> {
    if (isEmpty(range)) return { items: [], next: null };
    const { skName } = keyNames(range.index);
    const answer = await this.#send('query', queryOf(this.name, range, ['pk', 'sk', ...(range.index ? [skName] : [])]));
    const items = (answer.Items ?? []).map((item): Listed => {
      const key = { pk: item['pk']?.S ?? '', sk: item['sk']?.S ?? '' };
      return { key, sort: item[skName]?.S ?? '' };
    });
    return { items, next: answer.LastEvaluatedKey ?? null };
  }

  /** The sort keys of a range to its end, a page at a time: for what is only counted. */
  async *sortKeys(range: Omit<Range, 'after' | 'limit'>): AsyncGenerator<string[]> {
    if (isEmpty(range)) return;
    const { skName } = keyNames(range.index);
    let after: Cursor | undefined;
    do {
      const answer = await this.#send('query', queryOf(this.name, { ...range, ...(after && { after }) }, [skName]));
      yield (answer.Items ?? []).map((item) => item[skName]?.S ?? '');
      after = answer.LastEvaluatedKey;
    } while (after);
  }

  /** How many keys a range holds, to its end: they are not sent. */
  async countKeys(range: Omit<Range, 'after' | 'limit'>): Promise<number> {
    if (isEmpty(range)) return 0;
    let count = 0;
    let after: Cursor | undefined;
    do {
      const answer = await this.#send('query', countOf(this.name, { ...range, ...(after && { after }) }));
      count += answer.Count ?? 0;
      after = answer.LastEvaluatedKey;
    } while (after);
    return count;
  }

  /** One page of documents from the base table, for item collections under one partition key. */
  async query<Doc>(range: Omit<Range, 'index'>): Promise<{ items: StoredItem<Doc>[]; next: Cursor | null }> {
    if (isEmpty(range)) return { items: [], next: null };
    const answer = await this.#send('query', queryOf(this.name, range));
    const read = await Promise.all((answer.Items ?? []).map((item) => this.#read<Doc>(item)));
    return { items: read.filter((item) => item !== null), next: answer.LastEvaluatedKey ?? null };
  }

  /** Every item whose effects are still to be done: for the repair at start and for recovery, never in a request. */
  async *pendingItems(): AsyncGenerator<Key> {
    let after: Cursor | undefined;
    do {
      const answer = await this.#send(
        'scan',
        new ScanCommand({
          TableName: this.name,
          FilterExpression: 'attribute_exists(pending)',
          ProjectionExpression: 'pk, sk',
          ExclusiveStartKey: after,
        }),
      );
      for (const item of answer.Items ?? []) yield { pk: item['pk']?.S ?? '', sk: item['sk']?.S ?? '' };
      after = answer.LastEvaluatedKey;
    } while (after);
  }

  private sendBatchGet(keys: Record<string, AttributeValue>[]) {
    return this.#send(
      'batch-get',
      new BatchGetItemCommand({
        RequestItems: { [this.name]: { Keys: keys, ConsistentRead: true } },
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
  }

  async #write<Doc>(
    write: ItemWrite<Doc>,
    rev: number,
    condition: string | undefined,
    values: Record<string, AttributeValue>,
    conflict: 'exists' | 'changed',
  ): Promise<StoredItem<Doc>> {
    const encoded = encodeDocument(write.doc);
    for (const [number, chunk] of encoded.chunks.entries()) {
      const key = partKey(write.key, encoded.parts!.id, number);
      await this.#send(
        'put',
        new PutItemCommand({
          TableName: this.name,
          Item: { ...marshalKey(key), gz: { B: chunk }, ...expiry(write.expiresAt) },
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
    }
    const item: Record<string, AttributeValue> = {
      ...marshalKey(write.key),
      rev: { N: String(rev) },
      ...encoded.attributes,
      ...expiry(write.expiresAt),
      ...(write.pending && { pending: { N: '1' } }),
    };
    for (const name of INDEXES) {
      const place = write.indexes?.[name];
      if (place) Object.assign(item, renamed(marshalKey(place), name));
    }
    await this.#send(
      'put',
      new PutItemCommand({
        TableName: this.name,
        Item: item,
        ConditionExpression: condition,
        ExpressionAttributeValues: Object.keys(values).length > 0 ? values : undefined,
        ReturnConsumedCapacity: 'TOTAL',
      }),
      conflict,
    );
    return { key: write.key, doc: write.doc, rev, parts: encoded.parts };
  }

  async #read<Doc>(item: Record<string, AttributeValue>): Promise<StoredItem<Doc> | null> {
    const expires = item['expires_at']?.N;
    if (expires !== undefined && Number(expires) * 1000 <= this.#now().getTime()) return null;
    const key = { pk: item['pk']?.S ?? '', sk: item['sk']?.S ?? '' };
    const { doc, parts } = await decodeDocument<Doc>(item, async (id, number) => {
      const answer = await this.#send(
        'get',
        new GetItemCommand({
          TableName: this.name,
          Key: marshalKey(partKey(key, id, number)),
          ConsistentRead: true,
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      return answer.Item?.['gz']?.B;
    });
    return { key, doc, rev: Number(item['rev']?.N ?? 0), parts };
  }

  /** Parts of an older revision are nobody's after the replace; a crash before this leaves garbage, never a wrong read. */
  async #removeParts(read: StoredItem<unknown>): Promise<void> {
    for (let number = 0; read.parts && number < read.parts.count; number++) {
      await this.remove(partKey(read.key, read.parts.id, number));
    }
  }

  async #send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    operation: string,
    command: Parameters<typeof DynamoDBClient.prototype.send<Input, Output>>[0],
    conflict: 'exists' | 'changed' = 'changed',
  ): Promise<Output> {
    try {
      const answer = await this.#client.send(command);
      const capacity = (answer as { ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[] })
        .ConsumedCapacity;
      for (const part of capacity ? [capacity].flat() : []) {
        this.#onConsumed({ operation, units: part.CapacityUnits ?? 0 });
      }
      return answer;
    } catch (error) {
      throw toStoreError(error, operation, conflict);
    }
  }
}

/** The places that a write takes and those that it leaves. */
function moved<Doc>(read: StoredItem<unknown>, { doc, tallied }: ItemWrite<Doc>): TallyPlace[] {
  if (!tallied) return [];
  const name = ({ list, sort }: TallyPlace) => `${list}\n${sort}`;
  const [before, after] = [tallied(read.doc as Doc), tallied(doc)];
  const [old, fresh] = [new Set(before.map(name)), new Set(after.map(name))];
  return [...before.filter((place) => !fresh.has(name(place))), ...after.filter((place) => !old.has(name(place)))];
}

function renamed(place: Record<string, AttributeValue>, index: IndexName): Record<string, AttributeValue> {
  const { pkName, skName } = keyNames(index);
  return { [pkName]: place['pk']!, [skName]: place['sk']! };
}

function expiry(expiresAt: Date | undefined): Record<string, AttributeValue> {
  return expiresAt ? { expires_at: { N: String(Math.ceil(expiresAt.getTime() / 1000)) } } : {};
}
