import type { StateType } from './states.ts';
import { addSeconds, secondsBetween } from './utc.ts';

/** Prefect answers at most this many intervals. */
const MOST_INTERVALS = 500;

export interface HistorySpan {
  readonly start: string;
  readonly end: string;
  /** At least 1. */
  readonly intervalSeconds: number;
}

/** What a history needs to know of a run; times in seconds. */
export interface HistoryRun {
  readonly expected_start_time: string | null;
  readonly state_type: StateType | null;
  readonly state_name: string | null;
  readonly estimated_run_time: number;
  readonly estimated_start_time_delta: number;
}

export interface HistoryState {
  state_type: StateType | null;
  state_name: string | null;
  count_runs: number;
  sum_estimated_run_time: number;
  sum_estimated_lateness: number;
}

export interface HistoryInterval {
  interval_start: string;
  interval_end: string;
  states: HistoryState[];
}

/** Where the last interval ends; null when there is none. The last one is whole even if the span ends within it. */
export function historyEnd(span: HistorySpan): string | null {
  const count = intervalCount(span);
  return count === 0 ? null : addSeconds(span.start, count * span.intervalSeconds);
}

/** Runs counted by state in intervals of their expected start; intervals without runs have no states. */
export function runHistory(span: HistorySpan, runs: readonly HistoryRun[]): HistoryInterval[] {
  const intervals = Array.from({ length: intervalCount(span) }, (_, index) => ({
    interval_start: addSeconds(span.start, index * span.intervalSeconds),
    interval_end: addSeconds(span.start, (index + 1) * span.intervalSeconds),
    states: new Map<string, HistoryState>(),
  }));
  for (const run of runs) {
    if (run.expected_start_time === null) continue;
    const index = Math.floor(secondsBetween(span.start, run.expected_start_time) / span.intervalSeconds);
    const states = intervals[index]?.states;
    if (states) count(states, run);
  }
  return intervals.map(({ states, ...interval }) => ({ ...interval, states: [...states.values()].sort(byState) }));
}

function intervalCount({ start, end, intervalSeconds }: HistorySpan): number {
  return Math.min(Math.max(0, Math.ceil(secondsBetween(start, end) / intervalSeconds)), MOST_INTERVALS);
}

function count(states: Map<string, HistoryState>, run: HistoryRun): void {
  const { state_type, state_name } = run;
  const key = JSON.stringify([state_type, state_name]);
  const state = states.get(key) ?? {
    ...{ state_type, state_name },
    ...{ count_runs: 0, sum_estimated_run_time: 0, sum_estimated_lateness: 0 },
  };
  state.count_runs++;
  state.sum_estimated_run_time += Math.max(0, run.estimated_run_time);
  state.sum_estimated_lateness += Math.max(0, run.estimated_start_time_delta);
  states.set(key, state);
}

function byState(a: HistoryState, b: HistoryState): number {
  const [left, right] = [`${a.state_type} ${a.state_name}`, `${b.state_type} ${b.state_name}`];
  return left < right ? -1 : left > right ? 1 : 0;
}
