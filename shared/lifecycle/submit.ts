import { TransientError } from '../domain/errors.ts';
import type { FlowRunDocument } from '../domain/flow-run-life.ts';
import { isTerminal } from '../domain/states.ts';
import type { App } from '../operations/app.ts';
import { appendLogs } from '../operations/logs.ts';
import { type ExecutionInput, executionName } from '../ports/lifecycle-engine.ts';
import type { Target } from '../targets/target.ts';
import { lifecycleLog, readFrozenJob } from './frozen-job.ts';
import { endPrevious } from './previous-attempt.ts';
import { recordContainer } from './record-container.ts';
import { startLimitSeconds } from './start-limit.ts';
import { submissionFailed } from './submission-failed.ts';
import { joinWatch } from './watched-runs.ts';

/** How long one submission may take before another execution may look for its container. */
const LEASE_SECONDS = 60;

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
    if (!target.reportsEnds) await joinWatch(app, doc, startLimitSeconds(job));
    const submitted = await target.submit(job, { flowRunId: doc.id, attempt: input.attempt, run, mayExist });
    await recordContainer(app, doc.id, input.attempt, submitted.ref);
    await appendLogs(
      app,
      submitted.warnings.map((text) => lifecycleLog(app, doc.id, 30, text)),
    );
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
