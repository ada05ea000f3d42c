import type { FlowRun } from '../../domain/flow-run.ts';
import { isTerminal } from '../../domain/states.ts';

/** A flow run as the API answers it: what is stored, and what is computed on read (prefect-api 4.4). */
export interface FlowRunResponse extends Omit<FlowRun, 'state_timestamp'> {
  /** Seconds in RUNNING, the present stay included. */
  estimated_run_time: number;
  /** Seconds the run started, or is overdue, after it was expected; 0 when it is on time. */
  estimated_start_time_delta: number;
}

export function flowRunResponse(run: FlowRun, now: Date): FlowRunResponse {
  const { state_timestamp: _, ...shown } = run;
  return { ...shown, estimated_run_time: estimatedRunTime(run, now), estimated_start_time_delta: startDelta(run, now) };
}

function estimatedRunTime(run: FlowRun, now: Date): number {
  if (run.state_type !== 'RUNNING' || !run.state_timestamp) return run.total_run_time;
  return run.total_run_time + Math.max(0, secondsBetween(run.state_timestamp, now));
}

function startDelta(run: FlowRun, now: Date): number {
  if (!run.expected_start_time) return 0;
  if (run.start_time) return Math.max(0, secondsBetween(run.expected_start_time, new Date(run.start_time)));
  if (isTerminal(run.state_type)) return 0;
  return Math.max(0, secondsBetween(run.expected_start_time, now));
}

function secondsBetween(from: string, to: Date): number {
  return (to.getTime() - new Date(from).getTime()) / 1000;
}
