import { ConflictError, PushpoolError, TransientError } from '../../domain/errors.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { App } from '../../operations/app.ts';
import { transitionFlowRun } from '../../operations/flow-runs/flow-run-transition.ts';
import { appendLogs } from '../../operations/logs.ts';
import { refusePool } from '../../operations/work-pools/refused-pools.ts';
import { mayPass, TargetError } from '../../targets/target-error.ts';
import { changeLife } from '../change-life.ts';
import { startDeadline, startLimitSeconds } from '../watching/start-limit.ts';
import { forgetJob, lifecycleLog, readJob } from './frozen-job.ts';
import { dropSlots } from './slots.ts';

const WARNING = 30;

/**
 * What a failed submission means, by the table of target-error.ts: what may pass goes back to the state machine's retries
 * (thrown again), anything else ends the run with the reason.
 */
export async function submissionFailed(app: App, doc: FlowRunDocument, error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  if (goesAgain(error)) {
    const tooLate = error instanceof TargetError && error.kind === 'capacity' && (await isPastStart(app, doc));
    if (!tooLate) {
      await sayDelayed(app, doc, error, message);
      throw error;
    }
  }
  if (error instanceof TargetError && error.kind === 'credentials') return waitForCredentials(app, doc, message);
  await transitionFlowRun(
    app,
    { kind: 'system' },
    doc.id,
    { type: 'CRASHED', message: `Failed to submit flow run to infrastructure: ${message}` },
    { unless: (current) => current.life.attempt !== doc.life.attempt },
  );
}

/** The pool is refused before the run goes back to wait, so that its next execution finds it so and parks. */
async function waitForCredentials(app: App, doc: FlowRunDocument, message: string): Promise<void> {
  if (doc.run.work_pool_id) await refusePool(app, doc.run.work_pool_id, message);
  await transitionFlowRun(
    app,
    { kind: 'system' },
    doc.id,
    { type: 'SCHEDULED', message },
    {
      force: true,
      unless: (current) => current.life.attempt !== doc.life.attempt || current.run.state_type !== 'PENDING',
    },
  );
  await dropSlots(app, doc.id);
  await forgetJob(app, doc.id, doc.life.attempt);
}

function goesAgain(error: unknown): boolean {
  if (error instanceof TargetError) return mayPass(error);
  return error instanceof TransientError || error instanceof ConflictError || !(error instanceof PushpoolError);
}

async function isPastStart(app: App, doc: FlowRunDocument): Promise<boolean> {
  const job = await readJob(app, doc.id, doc.life.attempt);
  const deadline = startDeadline(doc, startLimitSeconds(job));
  return deadline !== null && app.clock.now() >= deadline;
}

/** Kept for the message when no other comes; a cloud's first delay of an attempt is told in the run's log. */
async function sayDelayed(app: App, doc: FlowRunDocument, error: unknown, message: string): Promise<void> {
  await changeLife(app, doc.id, (life) =>
    life.attempt === doc.life.attempt ? { ...life, submitError: message } : null,
  );
  if (doc.life.submitError !== null || !(error instanceof TargetError)) return;
  await appendLogs(app, [lifecycleLog(app, doc.id, WARNING, `The start of the flow run is delayed: ${message}`)]);
}
