import type { TaskRun } from './task-run.ts';

/** A run of a background task (`task.delay()`) that no task worker has acknowledged. */
export interface QueuedTask {
  readonly task_run_id: string;
  readonly task_key: string;
  /** Its place in the queue of its key; kept when it comes back. */
  readonly turn: string;
  readonly queued_at: string;
  /** The worker it was given to; null while it waits for one. `posted` once the socket has taken it. */
  readonly sent: { readonly connection_id: string; readonly at: string; readonly posted: boolean } | null;
}

/** An open socket of a task worker. */
export interface TaskWorker {
  readonly connection_id: string;
  /** What the worker calls itself: host and process. */
  readonly client_id: string;
  readonly keys: readonly string[];
}

/** What a worker was sent and has not acknowledged, in that order: a task run, or null for a message that keeps the socket open. */
export interface TaskWorkerState extends TaskWorker {
  readonly unacknowledged: readonly (Pick<QueuedTask, 'task_key' | 'turn'> | null)[];
}

/** A worker holds one task at a time between its socket and its acknowledgement. */
export const isBusy = (worker: TaskWorkerState): boolean => worker.unacknowledged.some((sent) => sent !== null);

/** Retries come before what is new, as in Prefect's `TaskQueue`; then the older one. */
export function turnOf(task: Pick<TaskRun, 'id' | 'state'>): string {
  const again = task.state?.name === 'AwaitingRetry' ? '0' : '1';
  return `${again}#${task.state?.timestamp ?? ''}#${task.id}`;
}
