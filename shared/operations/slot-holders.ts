import type { PoolConcurrencyBody, QueueConcurrencyBody } from '../api/schemas/work-pools.ts';
import type { FlowRun } from '../domain/flow-run.ts';
import type { StateType } from '../domain/states.ts';
import { secondsBetween } from '../domain/utc.ts';
import type { WorkPool, WorkQueue } from '../domain/work-pool.ts';
import { type App, timestamp } from './app.ts';
import { pageSize } from './filtering.ts';

/** What occupies a slot of a pool or queue (prefect-api 7.3). */
const OCCUPYING: StateType[] = ['PENDING', 'RUNNING'];

/** Runs that occupy slots, in the order of their ids. Reads all active runs: ask only where a limit is set or shown. */
export async function slotHolders(app: App, matches: (run: FlowRun) => boolean): Promise<FlowRun[]> {
  const holders: FlowRun[] = [];
  for (const type of OCCUPYING) {
    for await (const { run } of app.store.flowRuns.byState(type, { batch: 100 })) if (matches(run)) holders.push(run);
  }
  return holders.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Active runs counted by a key of theirs, read once for many pools or queues. */
export async function activeSlots(
  app: App,
  key: 'work_pool_id' | 'work_queue_id',
  ids: readonly string[],
): Promise<Map<string, number>> {
  const counts = new Map(ids.map((id) => [id, 0]));
  if (ids.length === 0) return counts;
  for (const run of await slotHolders(app, (holder) => counts.has(holder[key] ?? ''))) {
    const id = run[key] ?? '';
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
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
  const holders = await slotHolders(app, (run) => run.work_pool_id === pool.id);
  const shown = queues.slice((page - 1) * limit, page * limit);
  return {
    active_slots: holders.length,
    concurrency_limit: pool.concurrency_limit,
    queues: shown.map((queue) => {
      const own = holders.filter((run) => run.work_queue_id === queue.id);
      return {
        queue_id: queue.id,
        queue_name: queue.name,
        active_slots: own.length,
        concurrency_limit: queue.concurrency_limit,
        flow_runs: own.slice(0, body.flow_run_limit ?? FLOW_RUNS_SHOWN).map((run) => slotSummary(app, run)),
        flow_run_count: own.length,
      };
    }),
    ...pageOf(queues.length, limit, page),
  };
}

/** Who holds a queue's slots, a page of runs at a time. */
export async function queueConcurrencyStatus(app: App, queue: WorkQueue, body: QueueConcurrencyBody) {
  const limit = pageSize(body.limit);
  const page = body.page ?? 1;
  const holders = await slotHolders(app, (run) => run.work_queue_id === queue.id);
  return {
    active_slots: holders.length,
    concurrency_limit: queue.concurrency_limit,
    flow_runs: holders.slice((page - 1) * limit, page * limit).map((run) => slotSummary(app, run)),
    ...pageOf(holders.length, limit, page),
  };
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
