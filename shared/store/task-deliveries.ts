import { isBusy, type QueuedTask, type TaskWorker, type TaskWorkerState } from '../domain/background-task.ts';
import type { Connection } from '../domain/connection.ts';
import { ConflictError } from '../domain/errors.ts';
import { lifeEnd } from './connections.ts';
import type { Key } from './key.ts';
import { keys } from './keys.ts';
import type { Cursor } from './range.ts';
import type { StoredItem, Table } from './table.ts';

/**
 * Background tasks on their way to task workers: an item per task run that is not acknowledged, listed by task key in its turn;
 * and of each worker what it listens to and what it was sent. A task is pending until its socket has taken it.
 */
export class TaskDeliveries {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  key({ task_key, turn }: Pick<QueuedTask, 'task_key' | 'turn'>): Key {
    return keys.queuedTask(task_key, turn);
  }

  /** May be repeated: what is in the queue stays as it is. */
  async enqueue(task: QueuedTask): Promise<void> {
    try {
      await this.#table.create(write(task));
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }

  async read(key: Key): Promise<StoredItem<QueuedTask> | null> {
    return this.#table.get<QueuedTask>(key);
  }

  /** The tasks of a key in their turn, sent ones too; read consistently, in pages. */
  async *queue(taskKey: string): AsyncGenerator<StoredItem<QueuedTask>> {
    yield* this.#all<QueuedTask>(keys.queuedTask(taskKey, '').pk);
  }

  /** Under the revision that was read; false when somebody wrote since. */
  async change(read: StoredItem<QueuedTask>, task: QueuedTask): Promise<StoredItem<QueuedTask> | null> {
    try {
      return await this.#table.replace(read, write(task));
    } catch (error) {
      if (error instanceof ConflictError) return null;
      throw error;
    }
  }

  /** Out of the queue, if it is still there for this connection. May be repeated. */
  async acknowledge(task: Pick<QueuedTask, 'task_key' | 'turn'>, connectionId: string): Promise<void> {
    const stored = await this.read(keys.queuedTask(task.task_key, task.turn));
    if (stored?.doc.sent?.connection_id === connectionId) await this.#table.remove(stored.key);
  }

  async remove(task: Pick<QueuedTask, 'task_key' | 'turn'>): Promise<void> {
    await this.#table.remove(keys.queuedTask(task.task_key, task.turn));
  }

  /** Back into its place, if it is this connection's. May be repeated. */
  async putBack(task: Pick<QueuedTask, 'task_key' | 'turn'>, connectionId: string): Promise<void> {
    await this.#table.update<QueuedTask>(keys.queuedTask(task.task_key, task.turn), (doc) =>
      doc.sent?.connection_id === connectionId ? write({ ...doc, sent: null }) : null,
    );
  }

  /** A worker begins to listen. The connection remembers the places first, so that none is forgotten. */
  async listen(connection: Connection, worker: TaskWorker, now: Date): Promise<void> {
    const { id } = connection;
    const state: TaskWorkerState = { ...worker, unacknowledged: [] };
    const places = [...worker.keys.map((key) => keys.taskWorker(key, id)), keys.taskWorkerOfAny(id)];
    const expiresAt = lifeEnd(now);
    const own = stateKey(id);
    await this.#table.put({
      key: keys.entity('connection', id),
      doc: { ...connection, subscribed: [...connection.subscribed, ...places, own] },
      expiresAt,
    });
    await this.#table.put({ key: own, doc: state, expiresAt });
    await Promise.all(places.map((key) => this.#table.put({ key, doc: worker, expiresAt })));
  }

  async worker(connectionId: string): Promise<TaskWorkerState | null> {
    return (await this.#table.get<TaskWorkerState>(stateKey(connectionId)))?.doc ?? null;
  }

  /** The workers that listen to a key; all without one. */
  async workers(taskKey: string | null): Promise<TaskWorker[]> {
    const { pk } = taskKey === null ? keys.taskWorkerOfAny('') : keys.taskWorker(taskKey, '');
    const found: TaskWorker[] = [];
    for await (const { doc } of this.#all<TaskWorker>(pk)) found.push(doc);
    return found;
  }

  /** Notes that a worker is about to be sent something; false when it is gone, or busy and this is a task. */
  async occupy(connectionId: string, sent: Pick<QueuedTask, 'task_key' | 'turn'> | null, now: Date): Promise<boolean> {
    return this.#changeWorker(connectionId, now, (worker) =>
      sent !== null && isBusy(worker) ? null : [...worker.unacknowledged, sent],
    );
  }

  /** Takes the first of what the worker has not acknowledged off its list. */
  async shift(connectionId: string, now: Date): Promise<void> {
    await this.#changeWorker(connectionId, now, ({ unacknowledged }) => unacknowledged.slice(1));
  }

  /** The worker has nothing to do with a task any more that it never was sent, or that is not in the queue. */
  async forget(connectionId: string, turn: string, now: Date): Promise<void> {
    await this.#changeWorker(connectionId, now, ({ unacknowledged }) =>
      unacknowledged.filter((sent) => sent?.turn !== turn),
    );
  }

  async #changeWorker(
    connectionId: string,
    now: Date,
    next: (worker: TaskWorkerState) => TaskWorkerState['unacknowledged'] | null,
  ): Promise<boolean> {
    let changed = false;
    const stored = await this.#table.update<TaskWorkerState>(stateKey(connectionId), (worker, { key }) => {
      const unacknowledged = next(worker);
      changed = unacknowledged !== null;
      return unacknowledged && { key, doc: { ...worker, unacknowledged }, expiresAt: lifeEnd(now) };
    });
    return stored !== null && changed;
  }

  async *#all<Doc>(pk: string): AsyncGenerator<StoredItem<Doc>> {
    let after: Cursor | undefined;
    do {
      const page: { items: StoredItem<Doc>[]; next: Cursor | null } = await this.#table.query<Doc>({
        pk,
        limit: 50,
        ...(after && { after }),
      });
      yield* page.items;
      after = page.next ?? undefined;
    } while (after);
  }
}

const stateKey = (connectionId: string): Key => keys.below('connection', connectionId, 'TASKS');

const write = (doc: QueuedTask) => ({
  key: keys.queuedTask(doc.task_key, doc.turn),
  doc,
  pending: doc.sent === null || !doc.sent.posted,
});
