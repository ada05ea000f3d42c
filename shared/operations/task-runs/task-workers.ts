import type { Connection } from '../../domain/connection.ts';
import type { TaskRun } from '../../domain/task-run.ts';
import { BLANK } from '../../domain/task-run-from-event.ts';
import { type App, timestamp } from '../app.ts';
import { repeatTaskWorkerTimer } from '../events/timer-events.ts';
import { deliverTasks, dismissTaskWorker, dismissVanished, feedWorker } from './background-tasks.ts';
import { taskRunResponse } from './task-run-response.ts';

/** What Prefect's server says of a task worker. */
export interface TaskWorkerResponse {
  readonly identifier: string;
  readonly task_keys: readonly string[];
  readonly timestamp: string;
}

/** A task worker subscribes: it is sent what waits under its keys, one task after the other. */
export async function followTasks(
  app: App,
  connection: Connection,
  subscription: { readonly keys: readonly string[]; readonly clientId: string },
): Promise<void> {
  const worker = {
    connection_id: connection.id,
    client_id: subscription.clientId,
    keys: [...new Set(subscription.keys)],
  };
  await repeatTaskWorkerTimer(app, connection.id);
  await app.store.taskDeliveries.listen(connection, worker, app.clock.now());
  await dismissVanished(app, worker.keys);
  await feedWorker(app, worker);
}

/** The workers that are connected now and listen to one of the keys; without keys, all. */
export async function listTaskWorkers(app: App, taskKeys: readonly string[]): Promise<TaskWorkerResponse[]> {
  const lists = taskKeys.length === 0 ? [null] : taskKeys;
  const found = (await Promise.all(lists.map((key) => app.store.taskDeliveries.workers(key)))).flat();
  const workers = [...new Map(found.map((worker) => [worker.connection_id, worker])).values()];
  const open = await Promise.all(workers.map(({ connection_id: id }) => app.realtime.isOpen(id)));
  return workers
    .filter((_, index) => open[index])
    .map(({ client_id, keys }) => ({ identifier: client_id, task_keys: keys, timestamp: timestamp(app) }));
}

/**
 * A worker's timer: every nine minutes, since gateways end what is silent for ten and Prefect's task worker does not survive a
 * close with 1000 or 1001. Where the home can, the client is made to connect anew; else it is sent a task run without a state,
 * which it acknowledges, cannot submit and lets go. Finds workers whose end nobody was told of. May fire late and twice.
 */
export async function lookAfterTaskWorker(app: App, connectionId: string): Promise<void> {
  if (!(await app.realtime.isOpen(connectionId))) return dismissTaskWorker(app, connectionId);
  const { taskDeliveries } = app.store;
  const worker = await taskDeliveries.worker(connectionId);
  if (!worker) return;
  for (const sent of worker.unacknowledged) if (sent) await dropStale(app, connectionId, sent);
  await feedWorker(app, worker);
  if (await app.realtime.renew(connectionId)) return;
  if (!(await taskDeliveries.occupy(connectionId, null, app.clock.now()))) return;
  const message = JSON.stringify(taskRunResponse(keepAlive(app, worker.keys[0] ?? ''), app.clock.now()));
  if ((await app.realtime.post(connectionId, message)) === 'gone') await dismissTaskWorker(app, connectionId);
}

/** What a crash left on the worker's list: a task that is acknowledged, or another's. */
async function dropStale(app: App, connectionId: string, sent: { task_key: string; turn: string }): Promise<void> {
  const { taskDeliveries } = app.store;
  const task = await taskDeliveries.read(taskDeliveries.key(sent));
  if (task?.doc.sent?.connection_id === connectionId) return;
  await taskDeliveries.forget(connectionId, sent.turn, app.clock.now());
  await deliverTasks(app, sent.task_key);
}

const keepAlive = (app: App, taskKey: string): TaskRun => ({
  ...BLANK,
  id: app.clock.newId(),
  created: timestamp(app),
  updated: timestamp(app),
  name: 'pushpool keeps this connection open: not a task run',
  task_key: taskKey,
  dynamic_key: 'keep-alive',
});
