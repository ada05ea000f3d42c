import type { QueueConcurrencyBody } from '../../api/schemas/work-pools.ts';
import type { QueueRunsBody, WorkQueueCreate, WorkQueueUpdate } from '../../api/schemas/work-queues.ts';
import { ClientError, notFound } from '../../domain/errors.ts';
import {
  isPushPool,
  POLL_RECENT_SECONDS,
  polledRecently,
  type QueueFilter,
  type WorkQueue,
} from '../../domain/work-pool.ts';
import type { App } from '../app.ts';
import { queueConcurrencyStatus } from '../concurrency/slot-holders.ts';
import { countFlowRuns } from '../flow-runs/flow-run-counts.ts';
import { filterFlowRuns } from '../flow-runs/flow-run-lists.ts';
import { type FlowRunResponse, flowRunResponse } from '../flow-runs/flow-run-response.ts';
import { pageSize } from '../lists/filtering.ts';
import {
  agentPool,
  changeQueue,
  createWorkQueue,
  queueAnswer,
  readWorkQueueOfPool,
  removeQueue,
  type WorkQueueResponse,
} from './work-queues.ts';
import { markPolled, scheduledInQueues } from './worker-polls.ts';

/** The routes under `/work_queues`, where queues are known by id, or by name in the pool of Prefect's old agents. */

export async function createAgentQueue(app: App, body: WorkQueueCreate): Promise<WorkQueueResponse> {
  const pool = await agentPool(app);
  if (await app.store.workQueues.getInPool(pool.id, body.name)) {
    throw new ClientError('conflict', 'A work queue with this name already exists.');
  }
  return createWorkQueue(app, pool.name, body);
}

export async function readAgentQueue(app: App, name: string): Promise<WorkQueueResponse> {
  const pool = await agentPool(app);
  try {
    return await readWorkQueueOfPool(app, pool.name, name);
  } catch (error) {
    if (error instanceof ClientError && error.kind === 'not-found') throw notFound('work queue not found');
    throw error;
  }
}

export async function readWorkQueue(app: App, id: string): Promise<WorkQueueResponse> {
  return queueAnswer(app, await read(app, id, 'work queue not found'));
}

export async function updateWorkQueue(app: App, id: string, body: WorkQueueUpdate): Promise<void> {
  await changeQueue(app, await read(app, id, `Work Queue ${id} not found`), body);
}

export async function deleteWorkQueue(app: App, id: string): Promise<void> {
  await removeQueue(app, await read(app, id, 'work queue not found'));
}

/** Late runs and the last poll: what the UI shows as a queue's health. Nobody needs to poll the queue of a push pool. */
export async function readWorkQueueStatus(app: App, id: string) {
  const queue = await app.store.workQueues.get(id);
  if (!queue) throw unknownQueue(`Work queue with id ${id} not found`);
  const pool = await app.store.workPools.get(queue.work_pool_id);
  const policy = { maximum_late_runs: 0, maximum_seconds_since_last_polled: POLL_RECENT_SECONDS };
  let late = 0;
  for await (const { run } of app.store.flowRuns.waitingInQueue(id, app.clock.now().toISOString())) {
    if (run.state_name === 'Late') late++;
  }
  const attended = isPushPool(pool?.type ?? '') || polledRecently(queue, app.clock.now());
  return {
    healthy: late <= policy.maximum_late_runs && attended,
    late_runs_count: late,
    last_polled: queue.last_polled,
    health_check_policy: policy,
  };
}

/** The due runs of one queue; counts as a poll unless the UI only looks. */
export async function readWorkQueueRuns(
  app: App,
  id: string,
  body: QueueRunsBody,
  countsAsPoll: boolean,
): Promise<FlowRunResponse[]> {
  const queue = await app.store.workQueues.get(id);
  if (!queue) throw unknownQueue(`Work queue with id ${id} not found.`);
  const pool = await app.store.workPools.get(queue.work_pool_id);
  const window = { ...body, limit: pageSize(body.limit) };
  const runs = queue.filter
    ? await runsThatFit(app, queue, queue.filter, window)
    : (pool ? await scheduledInQueues(app, pool, [queue], window) : []).map((run) =>
        flowRunResponse(run, app.clock.now()),
      );
  if (countsAsPoll) await markPolled(app, [queue]);
  return runs;
}

/** A queue with a filter takes the scheduled runs of any deployment that fit it, as far as those that are active leave slots. */
async function runsThatFit(
  app: App,
  queue: WorkQueue,
  { tags, deployment_ids }: QueueFilter,
  window: QueueRunsBody & { readonly limit: number },
): Promise<FlowRunResponse[]> {
  if (queue.is_paused) return [];
  const fitting = { tags: { all_: tags }, deployment_id: { any_: deployment_ids, is_null_: false } };
  const active = { ...fitting, state: { type: { any_: ['PENDING' as const, 'RUNNING' as const] } } };
  const { concurrency_limit: slots } = queue;
  const free = slots === null ? window.limit : slots - (await countFlowRuns(app, { flow_runs: active }));
  return filterFlowRuns(app, {
    flow_runs: {
      ...fitting,
      state: { type: { any_: ['SCHEDULED'] } },
      next_scheduled_start_time: { before_: window.scheduled_before },
    },
    sort: 'NEXT_SCHEDULED_START_TIME_ASC',
    limit: Math.max(0, Math.min(window.limit, free)),
  });
}

export async function readQueueConcurrency(app: App, id: string, body: QueueConcurrencyBody) {
  return queueConcurrencyStatus(app, await read(app, id, 'Work queue not found.'), body);
}

async function read(app: App, id: string, missing: string): Promise<WorkQueue> {
  const queue = await app.store.workQueues.get(id);
  if (!queue) throw notFound(missing);
  return queue;
}

/** 404 as Prefect's global handler answers it. */
function unknownQueue(message: string): ClientError {
  return new ClientError('not-found', message, { details: { exception: true } });
}
