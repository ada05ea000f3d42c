import type { PoolConcurrencyBody, QueueConcurrencyBody } from '../../api/schemas/work-pools.ts';
import type { FlowRun } from '../../domain/flow-run.ts';
import { secondsBetween } from '../../domain/utc.ts';
import type { WorkPool, WorkQueue } from '../../domain/work-pool.ts';
import { type App, timestamp } from '../app.ts';
import { pageSize, takePage } from '../lists/filtering.ts';

/** How many runs occupy a slot of each queue (prefect-api 7.3): Pending and Running ones. Reads an index's keys alone. */
export async function activeInQueues(app: App, queueIds: readonly string[]): Promise<Map<string, number>> {
  const counts = await Promise.all(queueIds.map((id) => app.store.flowRuns.countActiveInQueue(id)));
  return new Map(queueIds.map((id, place) => [id, counts[place] ?? 0]));
}

/** The same for pools: the sum over their queues. */
export async function activeInPools(app: App, poolIds: readonly string[]): Promise<Map<string, number>> {
  const counts = await Promise.all(
    poolIds.map(async (id) => {
      const queues = await activeInQueues(
        app,
        (await app.store.workQueues.ofPool(id)).map((queue) => queue.id),
      );
      return [...queues.values()].reduce((sum, count) => sum + count, 0);
    }),
  );
  return new Map(poolIds.map((id, place) => [id, counts[place] ?? 0]));
}

const FLOW_RUNS_SHOWN = 10;

/** Who holds a pool's slots, queue by queue: a page of queues with at most `flow_run_limit` runs each. */
export async function poolConcurrencyStatus(
  app: App,
  pool: WorkPool,
  queues: readonly WorkQueue[],
  body: PoolConcurrencyBody,
) {
  const limit = pageSize(body.limit);
  const page = body.page ?? 1;
  const counts = await activeInQueues(
    app,
    queues.map(({ id }) => id),
  );
  const shown = queues.slice((page - 1) * limit, page * limit);
  return {
    active_slots: [...counts.values()].reduce((sum, count) => sum + count, 0),
    concurrency_limit: pool.concurrency_limit,
    queues: await Promise.all(
      shown.map(async (queue) => ({
        queue_id: queue.id,
        queue_name: queue.name,
        active_slots: counts.get(queue.id) ?? 0,
        concurrency_limit: queue.concurrency_limit,
        flow_runs: await holdersShown(app, queue, 0, body.flow_run_limit ?? FLOW_RUNS_SHOWN),
        flow_run_count: counts.get(queue.id) ?? 0,
      })),
    ),
    ...pageOf(queues.length, limit, page),
  };
}

/** Who holds a queue's slots, a page of runs at a time. */
export async function queueConcurrencyStatus(app: App, queue: WorkQueue, body: QueueConcurrencyBody) {
  const limit = pageSize(body.limit);
  const page = body.page ?? 1;
  const count = (await activeInQueues(app, [queue.id])).get(queue.id) ?? 0;
  return {
    active_slots: count,
    concurrency_limit: queue.concurrency_limit,
    flow_runs: await holdersShown(app, queue, (page - 1) * limit, limit),
    ...pageOf(count, limit, page),
  };
}

async function holdersShown(app: App, queue: WorkQueue, offset: number, limit: number) {
  const docs = await takePage(app.store.flowRuns.activeInQueue(queue.id), { offset, limit });
  return docs.map(({ run }) => slotSummary(app, run));
}

function pageOf(count: number, limit: number, page: number) {
  return { count, limit, pages: limit === 0 ? 0 : Math.ceil(count / limit), page };
}

function slotSummary(app: App, run: FlowRun) {
  return {
    id: run.id,
    name: run.name,
    state_type: run.state_type,
    state_name: run.state_name,
    start_time: run.start_time,
    state_timestamp: run.state_timestamp,
    time_in_current_state: run.state_timestamp ? secondsBetween(run.state_timestamp, timestamp(app)) : null,
  };
}
