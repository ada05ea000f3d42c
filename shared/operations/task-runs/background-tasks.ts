import { isBusy, type QueuedTask, type TaskWorker, turnOf } from '../../domain/background-task.ts';
import { TransientError } from '../../domain/errors.ts';
import { isTerminal } from '../../domain/states.ts';
import type { TaskRun } from '../../domain/task-run.ts';
import type { Key } from '../../store/key.ts';
import type { StoredItem } from '../../store/table.ts';
import { type App, timestamp } from '../app.ts';
import { cancelTaskWorkerTimer } from '../events/timer-events.ts';
import { MESSAGE_LIMIT_BYTES } from '../streaming/streaming.ts';
import { taskRunResponse } from './task-run-response.ts';

/** A task is put into its queue before its run is stored; one whose run has not come after this time never will. */
const ORPHAN_SECONDS = 60;
/** Between the mark that a task is sent and the one that the socket has it there are two calls; later, its sender died. */
const SENDING_SECONDS = 10;

/**
 * Puts a deferred task run into the queue of its key. Before the run itself is stored, so that a crash leaves a task without a
 * run, which is passed over, and never a run without its place in the queue. May be repeated.
 */
export async function enqueueTask(app: App, run: TaskRun): Promise<void> {
  await app.store.taskDeliveries.enqueue({
    task_run_id: run.id,
    task_key: run.task_key,
    turn: turnOf(run),
    queued_at: timestamp(app),
    sent: null,
  });
}

/** The same when the answer to a client is safe: what could not be sent stays pending, and the repair sends it. */
export async function deliverTasksOrLater(app: App, taskKey: string): Promise<void> {
  try {
    await deliverTasks(app, taskKey);
  } catch (error) {
    app.log({ message: 'background tasks not sent yet', task_key: taskKey, error: String(error) });
  }
}

/** Sends what waits under a key to workers that listen to it and are free. May be repeated. */
export async function deliverTasks(app: App, taskKey: string): Promise<void> {
  const workers = shuffled(await app.store.taskDeliveries.workers(taskKey));
  if (workers.length === 0) return;
  for await (const task of app.store.taskDeliveries.queue(taskKey)) {
    if ((await sendToAny(app, task, workers)) === 'all busy') return;
  }
}

/** A worker has become free: sends it the first task of its keys. May be repeated. */
export async function feedWorker(app: App, worker: TaskWorker): Promise<void> {
  for (const key of worker.keys) {
    for await (const task of app.store.taskDeliveries.queue(key)) {
      if ((await sendToAny(app, task, [worker])) === 'all busy') return;
    }
  }
}

/** Finds workers whose end nobody was told of (a home that was killed, a `$disconnect` that got lost) by what they were sent. */
export async function dismissVanished(app: App, taskKeys: readonly string[]): Promise<void> {
  for (const key of taskKeys) {
    for await (const { doc } of app.store.taskDeliveries.queue(key)) {
      if (!doc.sent || (await app.realtime.isOpen(doc.sent.connection_id))) continue;
      await dismissTaskWorker(app, doc.sent.connection_id);
      await app.store.taskDeliveries.putBack(doc, doc.sent.connection_id); // its worker's own list may be gone
    }
  }
}

/**
 * The worker has what it was sent longest ago (its client acknowledges in the order of arrival); the next task follows.
 * An acknowledgement of nothing is ignored.
 */
export async function acknowledgeTask(app: App, connectionId: string): Promise<void> {
  const { taskDeliveries } = app.store;
  const worker = await taskDeliveries.worker(connectionId);
  if (!worker || worker.unacknowledged.length === 0) return;
  const [sent] = worker.unacknowledged;
  if (sent) await taskDeliveries.acknowledge(sent, connectionId);
  await taskDeliveries.shift(connectionId, app.clock.now());
  if (sent) await feedWorker(app, worker);
}

/** A worker is gone: what it did not acknowledge goes back to where it stood, and to others. May be repeated. */
export async function dismissTaskWorker(app: App, connectionId: string): Promise<void> {
  const { taskDeliveries, connections } = app.store;
  const worker = await taskDeliveries.worker(connectionId);
  await connections.remove(connectionId);
  for (const sent of worker?.unacknowledged ?? []) if (sent) await taskDeliveries.putBack(sent, connectionId);
  await cancelTaskWorkerTimer(app, connectionId);
  for (const sent of worker?.unacknowledged ?? []) if (sent) await deliverTasks(app, sent.task_key);
}

/** The repair of a task in the queue: of a process that died before the task's worker had it. */
export async function settleQueuedTask(app: App, key: Key): Promise<void> {
  const stored = await app.store.taskDeliveries.read(key);
  if (!stored) return;
  const { sent, task_key } = stored.doc;
  if (sent && !sent.posted) await takeBack(app, stored.doc, sent);
  await deliverTasks(app, task_key);
}

/** Throws `TransientError` while the sender may still be at it. */
async function takeBack(app: App, task: QueuedTask, sent: NonNullable<QueuedTask['sent']>): Promise<void> {
  if (!(await app.realtime.isOpen(sent.connection_id))) {
    await dismissTaskWorker(app, sent.connection_id);
    return app.store.taskDeliveries.putBack(task, sent.connection_id); // its worker's own list may be gone
  }
  if (!isOlder(app, sent.at, SENDING_SECONDS)) throw new TransientError('being-sent', 'The task is being sent.');
  await app.store.taskDeliveries.forget(sent.connection_id, task.turn, app.clock.now());
  await app.store.taskDeliveries.putBack(task, sent.connection_id);
}

type Sending = 'next task' | 'all busy';

async function sendToAny(app: App, task: StoredItem<QueuedTask>, workers: readonly TaskWorker[]): Promise<Sending> {
  if (task.doc.sent) return 'next task';
  const run = (await app.store.taskRuns.get(task.doc.task_run_id))?.task;
  if (!run && !isOlder(app, task.doc.queued_at, ORPHAN_SECONDS)) return 'next task';
  if (!run || isTerminal(run.state_type)) {
    await app.store.taskDeliveries.remove(task.doc);
    return 'next task';
  }
  let current: StoredItem<QueuedTask> | null = task;
  for (const worker of workers) {
    const outcome = await send(app, current, run, worker.connection_id);
    if (outcome === 'sent') return 'next task';
    if (outcome === 'busy') continue;
    current = await app.store.taskDeliveries.read(task.key);
    if (!current || current.doc.sent) return 'next task';
  }
  return 'all busy';
}

/**
 * The task is marked first and then the worker; both marks are there before the socket gets it. A crash in between is found
 * by the mark on the task.
 */
async function send(app: App, task: StoredItem<QueuedTask>, run: TaskRun, connectionId: string) {
  const { taskDeliveries } = app.store;
  const worker = await taskDeliveries.worker(connectionId);
  if (!worker || isBusy(worker)) return 'busy';
  const now = app.clock.now();
  const sent = { connection_id: connectionId, at: timestamp(app), posted: false };
  const marked = await taskDeliveries.change(task, { ...task.doc, sent });
  if (!marked) return 'taken';
  if (!(await taskDeliveries.occupy(connectionId, task.doc, now))) {
    await taskDeliveries.putBack(task.doc, connectionId);
    return 'taken';
  }
  if ((await app.realtime.post(connectionId, taskMessage(app, run))) === 'gone') {
    await dismissTaskWorker(app, connectionId);
    return 'taken';
  }
  await taskDeliveries.change(marked, { ...marked.doc, sent: { ...sent, posted: true } });
  return 'sent';
}

/** The task run as `GET /task_runs/{id}` tells it; what tracks its inputs gives way when it is longer than a message may be. */
function taskMessage(app: App, run: TaskRun): string {
  const whole = JSON.stringify(taskRunResponse(run, app.clock.now()));
  if (Buffer.byteLength(whole) <= MESSAGE_LIMIT_BYTES) return whole;
  return JSON.stringify(taskRunResponse({ ...run, task_inputs: {} }, app.clock.now()));
}

const isOlder = (app: App, time: string, seconds: number): boolean =>
  Date.parse(time) + seconds * 1000 <= app.clock.now().getTime();

/** So that the first worker is not always the one that works. */
function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
