import { gunzipSync, gzipSync } from 'node:zlib';
import { ConflictError, TerminalError } from '../../domain/errors.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import { runToken } from '../../operations/access/run-tokens.ts';
import type { App } from '../../operations/app.ts';
import { appendLogs } from '../../operations/logs.ts';
import { keys } from '../../store/keys.ts';
import type { Job, RunContext } from '../../targets/target.ts';
import { resolveJobOfRun } from './resolve-job.ts';

/** Jobs carry secrets, so they rest encrypted, and no longer than anybody may need them for stopping and cleaning up. */
const KEEP_DAYS = 30;

interface StoredJob {
  readonly job: string;
  readonly run: RunContext;
}

/** The job with what its submission knows of the run. */
export interface FrozenJob {
  readonly job: Job;
  readonly run: RunContext;
}

const keyOf = (flowRunId: string, attempt: number) => keys.below('flowRun', flowRunId, `JOB#${attempt}`);

/**
 * Resolves the job of an attempt once and keeps it: every later call to the cloud, a repeated submission included, sees the
 * same request (targets 1.2). A second call changes nothing. Throws `ClientError` or `TerminalError` naming the placeholder.
 */
export async function freezeJob(app: App, doc: FlowRunDocument, attempt: number): Promise<void> {
  const key = keyOf(doc.id, attempt);
  if (await app.store.table.get(key)) return;
  const token = await runToken(app, doc.id, attempt);
  const { job, run, warnings } = await resolveJobOfRun(app, doc.run, token);
  const packed = gzipSync(JSON.stringify(job)).toString('base64');
  const expiresAt = new Date(app.clock.now().getTime() + KEEP_DAYS * 24 * 3600 * 1000);
  try {
    await app.store.table.create<StoredJob>({
      key,
      doc: { job: await app.secrets.encrypt(packed, `${doc.id}/${attempt}`), run },
      expiresAt,
    });
  } catch (error) {
    if (error instanceof ConflictError) return; // frozen by the same step running twice
    throw error;
  }
  await appendLogs(
    app,
    warnings.map((message) => lifecycleLog(app, doc.id, 30, message)),
  );
}

/** The job of an attempt as it was frozen. Throws `TerminalError` when it has expired. */
export async function readJob(app: App, flowRunId: string, attempt: number): Promise<Job> {
  return (await readFrozenJob(app, flowRunId, attempt)).job;
}

/** Throws as `readJob`. */
export async function readFrozenJob(app: App, flowRunId: string, attempt: number): Promise<FrozenJob> {
  const stored = await app.store.table.get<StoredJob>(keyOf(flowRunId, attempt));
  if (!stored) throw new TerminalError('job-expired', `The job of attempt ${attempt} is no longer kept.`);
  const packed = await app.secrets.decrypt(stored.doc.job, `${flowRunId}/${attempt}`);
  return { job: JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString()) as Job, run: stored.doc.run };
}

/** Null when the attempt's job is no longer kept: then there is nothing left to stop or clean up with. */
export async function jobOfAttempt(app: App, flowRunId: string, attempt: number): Promise<Job | null> {
  try {
    return await readJob(app, flowRunId, attempt);
  } catch (error) {
    if (error instanceof TerminalError && error.code === 'job-expired') return null;
    throw error;
  }
}

export const jobOf = (app: App, { id, life }: FlowRunDocument): Promise<Job | null> =>
  jobOfAttempt(app, id, life.attempt);

export async function forgetJob(app: App, flowRunId: string, attempt: number): Promise<void> {
  await app.store.table.remove(keyOf(flowRunId, attempt));
}

/** A line that pushpool itself adds to a run's log. `level` as in Python's logging. */
export function lifecycleLog(app: App, flowRunId: string, level: number, message: string, at?: string) {
  return {
    name: 'pushpool',
    level,
    message,
    timestamp: at ?? app.clock.now().toISOString(),
    flow_run_id: flowRunId,
    task_run_id: null,
  };
}
