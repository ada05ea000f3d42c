import { PushpoolError, TransientError } from '../domain/errors.ts';
import type { FlowRunDocument, FlowRunLife } from '../domain/flow-run-life.ts';
import { isTerminal } from '../domain/states.ts';
import type { App } from '../operations/app.ts';
import { appendLogs } from '../operations/logs.ts';
import { type ExecutionInput, executionName } from '../ports/lifecycle-engine.ts';
import { hasEnded, type Submitted, type Target } from '../targets/target.ts';
import { changeLife } from './change-life.ts';
import { lifecycleLog, readFrozenJob, readJob } from './frozen-job.ts';
import { submissionFailed } from './submission-failed.ts';

/** How long one submission may take before another execution may look for its container. */
const LEASE_SECONDS = 60;
const OLD_CONTAINER_RETRY_SECONDS = 2;

/**
 * Makes the container of the attempt exist exactly once and records where it is. The target looks before it creates and
 * adopts what it finds; the run's lease keeps two executions from doing so at once.
 *
 * If run twice: the second call adopts. If the step before crashed, nothing was promised; if this one crashed between the
 * cloud and the record, the next call finds the container by its derived name.
 */
export async function submit(app: App, target: Target, input: ExecutionInput): Promise<void> {
  const lease = await takeLease(app, input);
  if (!lease) return;
  const { doc, mayExist } = lease;
  try {
    await endPrevious(app, target, doc);
    const { job, run } = await readFrozenJob(app, doc.id, input.attempt);
    const submitted = await target.submit(job, { flowRunId: doc.id, attempt: input.attempt, run, mayExist });
    await record(app, input, submitted);
  } catch (error) {
    await submissionFailed(app, doc, error);
  }
}

interface Lease {
  readonly doc: FlowRunDocument;
  /** A submission of this attempt was under way before. */
  readonly mayExist: boolean;
}

/** Null when there is nothing to submit: superseded, over, or cancelled before anything was asked of the cloud. */
async function takeLease(app: App, input: ExecutionInput): Promise<Lease | null> {
  const owner = executionName(input);
  const now = app.clock.now();
  let wanted = false;
  let mayExist = false;
  const stored = await app.store.flowRuns.table.update<FlowRunDocument>(
    app.store.flowRuns.key(input.flow_run_id),
    (doc) => {
      const { life, run } = doc;
      wanted =
        life.generation === input.generation && life.phase === 'open' && life.attempt === input.attempt && !life.ref;
      const ending = isTerminal(run.state_type) || life.tombstone || run.state_type === 'CANCELLING';
      if (ending && !life.submitLease) wanted = false;
      if (!wanted) return null;
      mayExist = life.submitLease !== null;
      if (life.submitLease && life.submitLease.owner !== owner && new Date(life.submitLease.until) > now) {
        throw new TransientError('submitting', 'Another execution is submitting this run.', { retryAfterSeconds: 5 });
      }
      const until = new Date(now.getTime() + LEASE_SECONDS * 1000).toISOString();
      return app.store.flowRuns.write({ ...doc, life: { ...life, submitLease: { owner, until } } });
    },
  );
  return wanted && stored ? { doc: stored.doc, mayExist } : null;
}

/** Rule 5: an attempt is submitted only after the one before is seen ended, or fenced and stopped. */
async function endPrevious(app: App, target: Target, doc: FlowRunDocument): Promise<void> {
  const { previous } = doc.life;
  if (!previous) return;
  const job = await readJob(app, doc.id, previous.attempt).catch((error: unknown) => {
    if (error instanceof PushpoolError && error.code === 'job-expired') return null;
    throw error;
  });
  if (job) {
    if (!hasEnded(await target.describe(job, previous.ref))) {
      await target.stop(job, previous.ref, 'a newer attempt of the flow run takes its place');
      throw new TransientError('previous-attempt', 'The container of the attempt before is still ending.', {
        retryAfterSeconds: OLD_CONTAINER_RETRY_SECONDS,
      });
    }
    await target.cleanUp(job, previous.ref);
  }
  await changeLife(app, doc.id, (life) => ({ ...life, previous: null }));
}

/** Rule 12 and 11: the pid shows on the run while the attempt lives. */
async function record(app: App, input: ExecutionInput, submitted: Submitted): Promise<void> {
  await app.store.flowRuns.update(input.flow_run_id, (doc) => {
    if (doc.life.attempt !== input.attempt) return null;
    const life: FlowRunLife = { ...doc.life, ref: submitted.ref, submitError: null };
    return { ...doc, life, run: { ...doc.run, infrastructure_pid: submitted.ref.pid } };
  });
  await appendLogs(
    app,
    submitted.warnings.map((text) => lifecycleLog(app, input.flow_run_id, 30, text)),
  );
}
