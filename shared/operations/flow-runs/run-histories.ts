import type { FilterEnvelope } from '../../api/schemas/filters.ts';
import type { HistoryBody } from '../../api/schemas/history.ts';
import { ClientError } from '../../domain/errors.ts';
import { type HistoryInterval, type HistoryRun, historyEnd, runHistory } from '../../domain/run-history.ts';
import type { App } from '../app.ts';
import { toldTaskRuns } from '../task-runs/task-run-counts.ts';
import { matchingTaskRuns } from '../task-runs/task-run-lists.ts';
import { taskRunResponse } from '../task-runs/task-run-response.ts';
import { matchingRuns } from './flow-run-lists.ts';
import { flowRunResponse } from './flow-run-response.ts';

/** Flow runs by state in intervals of their expected start (prefect-api 6.4). Reads the runs of the span alone. */
export async function flowRunHistory(app: App, body: HistoryBody): Promise<HistoryInterval[]> {
  return history(body, async function* (filters, order) {
    const now = app.clock.now();
    for await (const run of matchingRuns(app, filters, order)) yield flowRunResponse(run, now);
  });
}

/** The same for task runs; those that have ended are told by their places where the filter asks for no more. */
export async function taskRunHistory(app: App, body: HistoryBody): Promise<HistoryInterval[]> {
  return history(body, async function* (filters, order) {
    const now = app.clock.now();
    // A task run never starts before it is expected: those expected in a span have started after its beginning.
    const told = await toldTaskRuns(app, filters, { from: order.from });
    if (told) for (const task of told) yield taskRunResponse(task, now);
    else for await (const task of matchingTaskRuns(app, filters, order)) yield taskRunResponse(task, now);
  });
}

/** Mean lateness of the matching runs in seconds; null when none matches. */
export async function averageLateness(app: App, filters: FilterEnvelope): Promise<number | null> {
  const now = app.clock.now();
  let [sum, count] = [0, 0];
  for await (const run of matchingRuns(app, filters)) {
    sum += flowRunResponse(run, now).estimated_start_time_delta;
    count++;
  }
  return count === 0 ? null : sum / count;
}

type Matching = (filters: FilterEnvelope, order: { from: string; to: string }) => AsyncIterable<HistoryRun>;

async function history(body: HistoryBody, matching: Matching): Promise<HistoryInterval[]> {
  const { history_start, history_end, history_interval_seconds, work_queues, ...filters } = body;
  if (!(history_interval_seconds >= 1)) {
    throw new ClientError('invalid', 'History interval must not be less than 1 second.');
  }
  const span = { start: history_start, end: history_end, intervalSeconds: history_interval_seconds };
  const end = historyEnd(span);
  if (end === null) return [];
  const runs: HistoryRun[] = [];
  for await (const run of matching({ ...filters, work_pool_queues: work_queues }, { from: span.start, to: end })) {
    const { expected_start_time: at } = run;
    if (at !== null && at >= span.start && at < end) runs.push(run);
  }
  return runHistory(span, runs);
}
