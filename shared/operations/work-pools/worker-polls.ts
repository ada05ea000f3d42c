import type { ScheduledRunsBody } from '../../api/schemas/work-queues.ts';
import type { FlowRun } from '../../domain/flow-run.ts';
import { polledRecently, type WorkPool, type WorkQueue } from '../../domain/work-pool.ts';
import { type App, timestamp } from '../app.ts';
import { activeInQueues } from '../concurrency/slot-holders.ts';
import { markDeploymentsReady } from '../deployments/deployment-lists.ts';
import { announceQueueStatus, watchFromNow } from '../events/status-events.ts';
import { type FlowRunResponse, flowRunResponse } from '../flow-runs/flow-run-response.ts';
import { pageSize } from '../lists/filtering.ts';
import { handsOut, keepPolledSchedulesGoing } from '../schedules/polled-schedules.ts';
import { readWorkPoolByName } from './work-pool-lookup.ts';
import { queuesOfPool, readQueueOfPool } from './work-queues.ts';

export interface WorkerFlowRun {
  work_pool_id: string;
  work_queue_id: string;
  flow_run: FlowRunResponse;
}

/** Polls come every 10 s from every worker; a queue's mark is renewed only when it is this old. */
const POLL_MARK_SECONDS = 30;
/** Without `scheduled_before` everything scheduled counts, however far ahead. */
const END_OF_TIME = '9999-12-31T23:59:59.999999Z';

/** What a worker shall run: due runs by queue priority and time, as far as pool and queues have slots. Counts as a poll. */
export async function getScheduledFlowRuns(
  app: App,
  poolName: string,
  body: ScheduledRunsBody,
): Promise<WorkerFlowRun[]> {
  const limit = pageSize(body.limit);
  const pool = await readWorkPoolByName(app, poolName);
  const names = body.work_queue_names ?? [];
  const queues =
    names.length === 0
      ? await queuesOfPool(app, pool)
      : (await Promise.all(names.map((name) => readQueueOfPool(app, poolName, name)))).map(({ queue }) => queue);
  const runs = await scheduledInQueues(app, pool, queues, { ...body, limit });
  await markPolled(app, queues);
  await keepPolledSchedulesGoing(app, runs);
  return runs.map((run) => ({
    work_pool_id: pool.id,
    work_queue_id: run.work_queue_id ?? pool.default_queue_id,
    flow_run: flowRunResponse(run, app.clock.now()),
  }));
}

/** The runs that may start now in these queues of a pool (prefect-api 7.3); none while pool or queue is paused. */
export async function scheduledInQueues(
  app: App,
  pool: WorkPool,
  queues: readonly WorkQueue[],
  window: Pick<ScheduledRunsBody, 'scheduled_before' | 'scheduled_after'> & { readonly limit: number },
): Promise<FlowRun[]> {
  if (pool.is_paused || window.limit === 0) return [];
  const active = queues.filter((queue) => !queue.is_paused);
  const taken = await takenSlots(app, pool, active);
  const free = (limit: number | null, taken: number) =>
    Math.max(0, Math.min(window.limit, (limit ?? window.limit) - taken));
  let left = free(pool.concurrency_limit, taken.inPool);
  const chosen: FlowRun[] = [];
  for (const queue of active.toSorted((a, b) => a.priority - b.priority)) {
    const inQueue = taken.inQueues.get(queue.id) ?? 0;
    const runs = await dueRuns(app, queue, Math.min(left, free(queue.concurrency_limit, inQueue)), window);
    chosen.push(...runs);
    left -= runs.length;
    if (left === 0) break;
  }
  return chosen;
}

/** Pending and Running runs, counted only where a limit is set. */
async function takenSlots(app: App, pool: WorkPool, queues: readonly WorkQueue[]) {
  const counted = pool.concurrency_limit === null ? queues.filter((queue) => queue.concurrency_limit !== null) : null;
  const inQueues = await activeInQueues(
    app,
    (counted ?? (await queuesOfPool(app, pool))).map(({ id }) => id),
  );
  return { inQueues, inPool: counted ? 0 : [...inQueues.values()].reduce((sum, count) => sum + count, 0) };
}

/** Runs for workers come soonest first; those that retry inside their process or that pushpool submits are not theirs. */
async function dueRuns(
  app: App,
  queue: WorkQueue,
  limit: number,
  window: Pick<ScheduledRunsBody, 'scheduled_before' | 'scheduled_after'>,
): Promise<FlowRun[]> {
  const runs: FlowRun[] = [];
  if (limit === 0) return runs;
  const before = window.scheduled_before ?? END_OF_TIME;
  const mayStart = handsOut(app);
  for await (const doc of app.store.flowRuns.waitingInQueue(queue.id, before)) {
    const { run } = doc;
    if (run.state_type !== 'SCHEDULED' || run.empirical_policy.retry_type === 'in_process') continue;
    if (window.scheduled_after && (run.next_scheduled_start_time ?? '') < window.scheduled_after) continue;
    if (!(await mayStart(doc))) continue;
    runs.push(run);
    if (runs.length === limit) break;
  }
  return runs;
}

/** Notes that somebody asked for these queues' runs: queues and their deployments are ready. */
export async function markPolled(app: App, queues: readonly WorkQueue[]): Promise<void> {
  const now = timestamp(app);
  for (const queue of queues) {
    if (polledRecently(queue, app.clock.now(), POLL_MARK_SECONDS)) continue;
    if (!polledRecently(queue, app.clock.now())) await watchFromNow(app, 'queue', queue.id);
    const polled = await app.store.workQueues.update(queue.id, (doc) => ({ ...doc, last_polled: now }));
    const deployments: string[] = [];
    for await (const { id } of app.store.deployments.ofQueue(queue.id)) deployments.push(id);
    await markDeploymentsReady(app, deployments, 'its queue');
    if (polled) await announceQueueStatus(app, polled, 'changed');
  }
}
