import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import dynalite from 'dynalite';

/**
 * The embedded DynamoDB in a thread of its own, so that its work does not hold up requests. It listens where only this home
 * looks: a socket file (a named pipe on Windows), never a port, so an authenticated home has no open side door.
 */
const { path, socketPath } = workerData as { path: string; socketPath: string };

type Callback = (error?: unknown) => void;
type Item = Record<string, unknown>;
interface DynaliteStore {
  db: { batch(operations: unknown[], callback: Callback): void };
}
interface DynaliteTable {
  TableName: string;
  LocalSecondaryIndexes?: unknown[];
  GlobalSecondaryIndexes?: unknown[];
}
interface DynaliteInternals {
  createKey(item: Item, table: DynaliteTable): string;
  getIndexActions(
    indexes: unknown[],
    existing: Item | undefined,
    item: Item | undefined,
    table: DynaliteTable,
  ): { puts: { index: string; key: string; item: Item }[]; deletes: { index: string; key: string }[] };
  updateIndexes(
    store: DynaliteStore,
    table: DynaliteTable,
    existing: Item | undefined,
    item: Item | undefined,
    callback: Callback,
  ): void;
}

/**
 * dynalite writes index entries one by one before the item itself, so a `kill -9` between them would leave an item that its lists
 * no longer show. Here both go to LevelDB as one batch, which is written whole or not at all; the single write of the item
 * that dynalite does afterwards repeats it.
 */
const internals = createRequire(import.meta.url)('dynalite/db') as DynaliteInternals;
internals.updateIndexes = (store, table, existing, item, callback) => {
  const owner = item ?? existing;
  if (!owner) return callback();
  const operations: unknown[] = [];
  for (const kind of ['Local', 'Global'] as const) {
    const actions = internals.getIndexActions(table[`${kind}SecondaryIndexes`] ?? [], existing, item, table);
    const place = (index: string, key: string) => `index-${kind.toLowerCase()}~${table.TableName}~${index}~${key}`;
    for (const gone of actions.deletes) operations.push({ type: 'del', key: place(gone.index, gone.key) });
    for (const put of actions.puts) operations.push({ type: 'put', key: place(put.index, put.key), value: put.item });
  }
  const key = `item-${table.TableName}~${internals.createKey(owner, table)}`;
  operations.push(item ? { type: 'put', key, value: item } : { type: 'del', key });
  store.db.batch(operations, callback);
};

const server = dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
server.keepAliveTimeout = 0;
server.requestTimeout = 0;
server.listen(socketPath, () => parentPort?.postMessage('listening'));
parentPort?.once('message', () => {
  server.closeAllConnections();
  server.close(() => parentPort?.close());
});
