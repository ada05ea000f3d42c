import { isTerminal } from '../../domain/states.ts';
import type { TaskRun } from '../../domain/task-run.ts';
import { secondsBetween } from '../../domain/utc.ts';
import { toTimestamp } from '../app.ts';

/** A task run as the API answers it: what is stored, and what is computed on read. */
export interface TaskRunResponse extends Omit<TaskRun, 'state_timestamp'> {
  /** Seconds in RUNNING, the present stay included. */
  estimated_run_time: number;
  /** Seconds the run started, or is overdue, after it was expected; 0 when it is on time. */
  estimated_start_time_delta: number;
}

export function taskRunResponse(task: TaskRun, now: Date): TaskRunResponse {
  const { state_timestamp: _, ...shown } = task;
  return {
    ...shown,
    estimated_run_time: estimatedRunTime(task, toTimestamp(now)),
    estimated_start_time_delta: startDelta(task, toTimestamp(now)),
  };
}

function estimatedRunTime(task: TaskRun, now: string): number {
  if (task.state_type !== 'RUNNING' || !task.state_timestamp) return task.total_run_time;
  return task.total_run_time + Math.max(0, secondsBetween(task.state_timestamp, now));
}

function startDelta(task: TaskRun, now: string): number {
  if (!task.expected_start_time) return 0;
  if (task.start_time) return Math.max(0, secondsBetween(task.expected_start_time, task.start_time));
  return isTerminal(task.state_type) ? 0 : Math.max(0, secondsBetween(task.expected_start_time, now));
}

const PAGE_FIELDS = [
  'id',
  'created',
  'updated',
  'name',
  'flow_run_id',
  'task_key',
  'state_id',
  'state',
  'task_version',
  'task_inputs',
  'empirical_policy',
  'tags',
  'start_time',
  'end_time',
  'total_run_time',
  'estimated_run_time',
  'estimated_start_time_delta',
] as const satisfies readonly (keyof TaskRunResponse)[];

/** The fewer fields that Prefect's `paginate` answers. */
export type TaskRunOnPage = Pick<TaskRunResponse, (typeof PAGE_FIELDS)[number]>;

export function taskRunOnPage(task: TaskRunResponse): TaskRunOnPage {
  return Object.fromEntries(PAGE_FIELDS.map((field) => [field, task[field]])) as TaskRunOnPage;
}
