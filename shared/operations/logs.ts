import { createHash } from 'node:crypto';
import type { LogFilterBody } from '../api/schemas/logs.ts';
import { ClientError, notFound } from '../domain/errors.ts';
import { matchesLog } from '../domain/filters/logs.ts';
import { byTimestamp, type Log, logsOfBatch, type NewLog } from '../domain/log.ts';
import { toLogBatches } from '../domain/log-batches.ts';
import { logsAsCsv } from '../domain/log-csv.ts';
import type { Principal } from '../domain/principal.ts';
import { toUtc } from '../domain/utc.ts';
import { timeOfId } from '../domain/uuid-time.ts';
import type { LogRange } from '../store/logs.ts';
import { type App, timestamp } from './app.ts';
import { ownsFlowRun } from './flow-runs/run-tree.ts';
import { matching, takePage } from './lists/filtering.ts';
import { mergeOrdered } from './lists/merge-ordered.ts';
import { streamLogs } from './streaming/streaming.ts';

const DAY_MS = 24 * 3600 * 1000;
/** Of each list of all lines, for task runs that are not known (yet): their lines may come before them. */
const SEARCHED_BATCHES = 100;
/** A task run's id and its first line were made by one process, one after the other. */
const APART_MS = 60_000;

/**
 * Stores log lines as batches per flow run, kept `retentionDays`, and sends them to the sockets that follow them. The same
 * lines again change nothing. A socket that cannot be reached never fails the writer.
 */
export async function appendLogs(app: App, logs: readonly NewLog[]): Promise<void> {
  if (logs.length === 0) return;
  const now = timestamp(app);
  const lines = logs.map((log) => ({ ...log, timestamp: toUtc(log.timestamp) ?? now }));
  const batches = toLogBatches(lines, now, sha256);
  const expiresAt = new Date(app.clock.now().getTime() + app.settings.retentionDays * DAY_MS);
  await Promise.all(batches.map(({ name, batch }) => app.store.logs.put(name, batch, expiresAt)));
  try {
    await streamLogs(
      app,
      batches.flatMap(({ batch }) => logsOfBatch(batch)),
    );
  } catch (error) {
    // The lines are stored and the answer is safe; who follows them live reads what is missing from the log.
    app.log({ message: 'logs not streamed', error: String(error) });
  }
}

/** `POST /logs/`. A run token writes for its own tree of runs only (rule 8). */
export async function createLogs(app: App, principal: Principal, logs: readonly NewLog[]): Promise<void> {
  await assertOwned(app, principal, [...new Set(logs.map((log) => log.flow_run_id ?? null))]);
  await appendLogs(app, logs);
}

/** All lines of a flow run as a CSV file, oldest first. Throws 404. */
export async function downloadFlowRunLogs(app: App, flowRunId: string): Promise<{ name: string; csv: string }> {
  const doc = await app.store.flowRuns.getLive(flowRunId);
  if (!doc) throw notFound('Flow run not found');
  const logs: Log[] = [];
  for await (const log of app.store.logs.ofRun(flowRunId)) logs.push(log);
  return { name: `${doc.run.name}-logs.csv`, csv: logsAsCsv(logs) };
}

/**
 * Log lines in order of time. Reads only the flow runs that the filter names (or those of its task runs); without any, all lines,
 * within the retention or the filter's times: no more of them than the page takes, or than it takes to fill it. Those of task runs
 * that are not known are looked for among the first in that order alone.
 */
export async function readLogs(app: App, principal: Principal, body: LogFilterBody): Promise<Log[]> {
  const filter = body.logs ?? null;
  const descending = body.sort === 'TIMESTAMP_DESC';
  const { after_: from = null, before_: until = null } = (filter?.operator === 'or_' ? null : filter?.timestamp) ?? {};
  const { runs, days = [], allRuns = false, strangers = [] } = await partitions(app, principal, filter);
  await assertOwned(app, principal, runs);
  const range = { from, until, descending };
  const sources = [
    ...runs.map((id) => app.store.logs.ofRun(id, range)),
    ...days.map((day) => app.store.logs.ofDay(day, range)),
    ...(allRuns ? app.store.logs.ofRuns(range) : []),
    ...(strangers.length > 0 ? app.store.logs.ofRuns(searched(range, strangers)) : []),
  ];
  const ordered = mergeOrdered(sources, (a, b) => (descending ? byTimestamp(b, a) : byTimestamp(a, b)));
  return takePage(
    matching(ordered, (log) => matchesLog(filter, log)),
    body,
  );
}

interface Partitions {
  /** Flow runs whose lines can be among them. */
  readonly runs: string[];
  /** Days whose lines of no flow run can be. */
  readonly days?: string[];
  /** Whether those of any flow run can be. */
  readonly allRuns?: boolean;
  /** Task runs that are not known: their lines can be those of any flow run. */
  readonly strangers?: readonly string[];
}

async function partitions(app: App, principal: Principal, filter: LogFilterBody['logs'] | null): Promise<Partitions> {
  const ofAnybody = () => ({ runs: [], days: retainedDays(app, filter), allRuns: true });
  if (filter?.operator === 'or_' && principal.kind !== 'run') return ofAnybody();
  const asked = filter?.flow_run_id?.any_;
  if (asked) return { runs: [...new Set(asked)] };
  const ofTasks = filter?.task_run_id?.any_;
  if (ofTasks) {
    const tasks = await app.store.taskRuns.getMany([...new Set(ofTasks)]);
    const runs = tasks.map(({ task }) => task.flow_run_id).filter((id) => id !== null);
    const ofOthers = principal.kind !== 'run' && runs.length < ofTasks.length;
    const strangers = ofOthers && tasks.length === 0 ? ofTasks : [];
    return { runs: [...new Set(runs)], days: ofOthers ? retainedDays(app, filter) : [], strangers };
  }
  return principal.kind === 'run' ? { runs: [principal.flowRunId] } : ofAnybody();
}

/** So much of all lines as is looked through, from the time that the ids of the task runs tell. */
function searched(range: LogRange, ids: readonly string[]): LogRange {
  const since = Math.min(...ids.map((id) => timeOfId(id) ?? 0)) - APART_MS;
  const isLater = since > 0 && !(range.from && Date.parse(range.from) > since);
  return { ...range, ...(isLater && { from: new Date(since).toISOString() }), most: SEARCHED_BATCHES };
}

/** The days whose lines may still be there and pass the filter's times. */
function retainedDays(app: App, filter: LogFilterBody['logs'] | null): string[] {
  const now = app.clock.now().getTime();
  const range = filter?.operator === 'or_' ? null : filter?.timestamp;
  const oldest = now - app.settings.retentionDays * DAY_MS;
  const from = range?.after_ ? Math.max(oldest, Date.parse(range.after_)) : oldest;
  const to = range?.before_ ? Math.min(now + DAY_MS, Date.parse(range.before_)) : now + DAY_MS;
  const days: string[] = [];
  for (let day = Math.floor(from / DAY_MS); day <= Math.floor(to / DAY_MS); day++) {
    days.push(new Date(day * DAY_MS).toISOString().slice(0, 10));
  }
  return days;
}

async function assertOwned(app: App, principal: Principal, flowRunIds: readonly (string | null)[]): Promise<void> {
  if (principal.kind !== 'run') return;
  for (const id of flowRunIds) {
    if (id !== null && !(await ownsFlowRun(app, principal, id))) {
      throw new ClientError('forbidden', `The token of a flow run may not use the logs of flow run ${id}.`);
    }
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
