import type { DashboardCountsBody, UiFlowRunHistoryBody } from '../../api/schemas/ui.ts';
import { ClientError } from '../../domain/errors.ts';
import type { FlowRun } from '../../domain/flow-run.ts';
import { type StateType, TERMINAL_STATE_TYPES } from '../../domain/states.ts';
import { addSeconds, secondsBetween } from '../../domain/utc.ts';
import { type App, timestamp } from '../app.ts';
import { takeRange } from '../lists/filtering.ts';
import { toldTaskRuns } from '../task-runs/task-run-counts.ts';
import { matchingTaskRuns } from '../task-runs/task-run-lists.ts';
import type { TaskRunResponse } from '../task-runs/task-run-response.ts';
import { readTaskRun } from '../task-runs/task-runs.ts';
import { runsInOrder } from './flow-run-lists.ts';
import { flowRunResponse } from './flow-run-response.ts';

/** A bar of the page's chart; times in seconds. */
export interface SimpleFlowRun {
  id: string;
  state_type: StateType | null;
  timestamp: string | null;
  duration: number;
  lateness: number;
}

/** Runs as the page draws them, at most a thousand; latest expected start first unless another order is asked for. */
export async function readSimpleFlowRuns(app: App, body: UiFlowRunHistoryBody): Promise<SimpleFlowRun[]> {
  const now = app.clock.now();
  const rows = runsInOrder(app, body, body.sort ?? 'EXPECTED_START_TIME_DESC');
  const runs = await takeRange(rows, body.offset, body.limit);
  return runs.map((run) => {
    const { estimated_run_time: duration, estimated_start_time_delta: lateness } = flowRunResponse(run, now);
    const { id, state_type } = run;
    return { id, state_type, timestamp: run.start_time ?? run.expected_start_time, duration, lateness };
  });
}

/** How many task runs each flow run has, those that track subflows left out. Reads keys only. */
export async function countTaskRunsOfFlowRuns(app: App, ids: readonly string[]): Promise<Record<string, number>> {
  return byId(ids, (id) => app.store.taskRuns.countOfFlowRun(id));
}

export async function countDeploymentsOfFlows(app: App, ids: readonly string[]): Promise<Record<string, number>> {
  return byId(ids, (id) => app.store.deployments.countOfFlow(id));
}

export interface NextFlowRun
  extends Pick<FlowRun, 'id' | 'flow_id' | 'name' | 'state_name' | 'state_type' | 'next_scheduled_start_time'> {}

/**
 * The scheduled run of each flow that is due first. Scheduled runs are read by expected start, which is never after the time
 * they are due, until no better one can follow.
 */
export async function nextRunsOfFlows(app: App, ids: readonly string[]): Promise<Record<string, NextFlowRun | null>> {
  const next = new Map<string, FlowRun | null>(ids.map((id) => [id, null]));
  const due = (run: FlowRun): string => run.next_scheduled_start_time ?? run.expected_start_time ?? '~';
  for await (const { run } of app.store.flowRuns.byState('SCHEDULED', {})) {
    const best = [...next.values()];
    if (best.every((found) => found && due(found) <= (run.expected_start_time ?? '~'))) break;
    const found = next.get(run.flow_id);
    if (found === undefined || (found && due(found) <= due(run))) continue;
    next.set(run.flow_id, run);
  }
  return Object.fromEntries([...next].map(([id, run]) => [id, run && simple(run)]));
}

function simple({ id, flow_id, name, state_name, state_type, next_scheduled_start_time }: FlowRun): NextFlowRun {
  return { id, flow_id, name, state_name, state_type, next_scheduled_start_time };
}

const BUCKETS = 20;
const MINUTE = 60;

/** Ended task runs in twenty equal spans from the minute of `start_time.after_` to the end of that of `before_`, or now. */
export async function countTaskRunsForDashboard(
  app: App,
  body: DashboardCountsBody,
): Promise<{ completed: number; failed: number }[]> {
  const { work_queues, task_runs, ...filters } = body;
  const { after_, before_ } = task_runs.start_time ?? {};
  if (!after_) throw new ClientError('invalid', 'task_runs.start_time.after_ is required');
  const start = `${after_.slice(0, 16)}:00.000000Z`;
  const end = addSeconds(`${(before_ ?? timestamp(app)).slice(0, 16)}:00.000000Z`, MINUTE - 1e-6);
  const seconds = secondsBetween(start, end) / BUCKETS;
  const counts = Array.from({ length: BUCKETS }, () => ({ completed: 0, failed: 0 }));
  const ended = { ...task_runs, state: { type: { any_: [...TERMINAL_STATE_TYPES] } } };
  const envelope = { ...filters, task_runs: ended, work_pool_queues: work_queues };
  const told = await toldTaskRuns(app, envelope, { from: start, to: end });
  for await (const task of told ?? matchingTaskRuns(app, envelope)) {
    const place = task.start_time ? Math.floor(secondsBetween(start, task.start_time) / seconds) : -1;
    const count = counts[place];
    if (count) count[task.state_type === 'FAILED' || task.state_type === 'CRASHED' ? 'failed' : 'completed']++;
  }
  return counts;
}

/** A task run with the name of its flow run. Throws 404. */
export async function readTaskRunForPage(
  app: App,
  id: string,
): Promise<TaskRunResponse & { flow_run_name: string | null }> {
  const task = await readTaskRun(app, id);
  const doc = task.flow_run_id ? await app.store.flowRuns.getLive(task.flow_run_id) : null;
  return { ...task, flow_run_name: doc?.run.name ?? null };
}

async function byId(ids: readonly string[], count: (id: string) => Promise<number>): Promise<Record<string, number>> {
  const unique = [...new Set(ids)];
  const counts = await Promise.all(unique.map(count));
  return Object.fromEntries(unique.map((id, index) => [id, counts[index]!]));
}
