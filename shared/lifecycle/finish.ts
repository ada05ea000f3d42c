import { type FlowRunDocument, type FlowRunLife, withoutEffects } from '../domain/flow-run-life.ts';
import { isTerminal } from '../domain/states.ts';
import type { App } from '../operations/app.ts';
import { transitionFlowRun } from '../operations/flow-runs/flow-run-transition.ts';
import { deleteTaskRunsOf } from '../operations/task-runs/delete-task-runs.ts';
import type { ExecutionInput } from '../ports/lifecycle-engine.ts';
import { hasEnded, type Job, type Observation, type Target } from '../targets/target.ts';
import { changeLife } from './change-life.ts';
import { CANCEL_DEADLINE_SECONDS, GRACE_SECONDS } from './definition.ts';
import { cleanUpAfter, lookAfterLater } from './ending/clean-up.ts';
import { closeTasksLater } from './ending/close-tasks.ts';
import { AwaitEnd } from './ending/messages.ts';
import { findContainer, observe } from './ending/observe.ts';
import { keepLastLines, keepOutput, lastLines } from './ending/output.ts';
import { verdict } from './ending/verdict.ts';
import { endedNow, startNextAttempt } from './next-attempt.ts';
import { jobOf } from './submitting/frozen-job.ts';
import { endPrevious } from './submitting/previous-attempt.ts';
import { dropSlots } from './submitting/slots.ts';
import { renew } from './watching/renew.ts';
import { startDeadline, startLimitSeconds } from './watching/start-limit.ts';

const SYSTEM = { kind: 'system' } as const;

/**
 * Ends an attempt: turns what the infrastructure did into a state when the run has not said so itself, stops what must be
 * stopped, closes the attempt, cleans up. Throws `AwaitEnd` while a container has been asked to end and has not.
 *
 * If run twice: the second call finds the attempt closed and does what was left of the clean-up. If the step before or after
 * crashed: everything is read afresh, and a container that was made and not recorded is looked for.
 */
export async function finish(app: App, target: Target, input: ExecutionInput): Promise<void> {
  const doc = await app.store.flowRuns.get(input.flow_run_id);
  if (!doc || doc.life.generation !== input.generation) return;
  if (doc.life.phase === 'closed') return finishClosed(app, target, doc);
  if (doc.life.phase === 'waiting') {
    await endPrevious(app, target, doc);
    if (doc.life.tombstone) await bury(app, doc.id);
    return;
  }
  const job = await jobOf(app, doc);
  const found = job ? await findContainer(app, target, doc, job) : doc;
  const seen = await observe(target, found, job);
  if (found.life.ref && !hasEnded(seen)) return whileItLives(app, target, found, job, seen);
  await settle(app, target, found, job, seen);
  await close(app, target, found, job, seen);
}

/** This step was killed after it had closed the attempt. */
async function finishClosed(app: App, target: Target, doc: FlowRunDocument): Promise<void> {
  if (!doc.life.ended) return lookAfterLater(app, doc);
  await afterEnd(app, target, doc, await jobOf(app, doc));
}

/** The container still runs: let it end by itself when the run is over, press on when it is being cancelled. */
async function whileItLives(
  app: App,
  target: Target,
  doc: FlowRunDocument,
  job: Job | null,
  seen: Observation,
): Promise<void> {
  const { run, life } = doc;
  if (life.tombstone) return stopAndWait(app, target, doc, job, 'the flow run was deleted');
  if (run.state_type === 'CANCELLING') return cancel(app, target, doc, job);
  const over = isTerminal(run.state_type) || (run.state_type === 'PAUSED' && run.state?.state_details.pause_reschedule);
  if (over) return leaveToEnd(app, doc);
  if (job && isTooLate(app, doc, job, seen)) return giveUpStarting(app, target, doc, job, seen);
  await renew(app, doc);
}

async function cancel(app: App, target: Target, doc: FlowRunDocument, job: Job | null): Promise<void> {
  const age = (app.clock.now().getTime() - new Date(doc.run.state_timestamp ?? 0).getTime()) / 1000;
  if (age < (app.settings.cancelGraceSeconds ?? GRACE_SECONDS)) return waitForEnd(app, doc);
  if (age < CANCEL_DEADLINE_SECONDS) return stopAndWait(app, target, doc, job, 'the flow run was cancelled');
  await transitionFlowRun(app, SYSTEM, doc.id, {
    type: 'CANCELLED',
    message: `The end of the container could not be confirmed within ${CANCEL_DEADLINE_SECONDS} s; the run was marked as Cancelled. Look for ${doc.life.ref?.pid} in the cloud's console.`,
  });
  return leaveToEnd(app, doc);
}

function isTooLate(app: App, doc: FlowRunDocument, job: Job, seen: Observation): boolean {
  const deadline = startDeadline(doc, startLimitSeconds(job));
  return seen.phase === 'provisioning' && deadline !== null && app.clock.now() >= deadline;
}

/** The container has not started within its limit: the run says so, the container is stopped. */
async function giveUpStarting(
  app: App,
  target: Target,
  doc: FlowRunDocument,
  job: Job,
  seen: Observation,
): Promise<void> {
  await transitionFlowRun(app, SYSTEM, doc.id, {
    type: 'CRASHED',
    message: `The container did not start within ${startLimitSeconds(job)} s. ${seen.message} Raise the job variable task_start_timeout_seconds if starting may take longer.`,
  });
  if (doc.life.ref) await target.stop(job, doc.life.ref, 'it did not start in time');
  await leaveToEnd(app, doc);
}

/** Consumes the mark that was read, so that only what came after it ends the wait. */
async function waitForEnd(app: App, doc: FlowRunDocument): Promise<never> {
  const read = doc.life.mailbox?.sequence;
  await changeLife(app, doc.id, (life) => (life.mailbox?.sequence === read ? { ...life, mailbox: null } : null));
  throw new AwaitEnd(`The container of flow run ${doc.id} is ending.`);
}

async function stopAndWait(
  app: App,
  target: Target,
  doc: FlowRunDocument,
  job: Job | null,
  why: string,
): Promise<void> {
  if (job && doc.life.ref) await target.stop(job, doc.life.ref, why);
  await waitForEnd(app, doc);
}

/** The run is over and its container is not: look after the container in a minute, fence the attempt now. */
async function leaveToEnd(app: App, doc: FlowRunDocument): Promise<void> {
  await lookAfterLater(app, doc);
  await changeLife(app, doc.id, (life) =>
    life.attempt === doc.life.attempt ? { ...life, phase: 'closed', mailbox: null, token: null } : null,
  );
}

/** The container has ended: says what that means for the run, unless the run has said so itself. */
async function settle(
  app: App,
  target: Target,
  doc: FlowRunDocument,
  job: Job | null,
  seen: Observation,
): Promise<void> {
  const said = verdict(doc, seen);
  if (said.kind === 'nothing') return;
  if (said.kind === 'next-attempt') return startNextAttempt(app, doc, said.infrastructure, seen);
  const lines = job && doc.life.ref ? await lastLines(app, target, job, doc.life.ref) : [];
  if (said.keepOutput) await keepOutput(app, doc.id, lines);
  await transitionFlowRun(app, SYSTEM, doc.id, said.state(lines.map((line) => line.text)), {
    unless: (current) => current.life.attempt !== doc.life.attempt,
  });
}

/**
 * The attempt is over and its container has ended: fence it, clean up, forget its secrets. Also for an attempt that was closed
 * before its container ended. Safe to run twice.
 */
export async function close(
  app: App,
  target: Target,
  doc: FlowRunDocument,
  job: Job | null,
  seen: Observation,
): Promise<void> {
  if (doc.run.state_type === 'CRASHED' && job && doc.life.ref) {
    await keepLastLines(app, doc.run, await lastLines(app, target, job, doc.life.ref));
  }
  const after = await app.store.flowRuns.update(doc.id, (current) => {
    if (current.life.attempt !== doc.life.attempt) return null;
    const signals = current.life.pending.filter((effect) => effect.kind === 'signal');
    const life: FlowRunLife = {
      ...withoutEffects(current.life, signals),
      phase: 'closed',
      mailbox: null,
      token: null,
      ended: current.life.ended ?? endedNow(app, seen),
    };
    return { ...current, run: { ...current.run, infrastructure_pid: null }, life };
  });
  // A newer attempt cleans up after this one before it submits.
  if (after && after.life.attempt === doc.life.attempt) await afterEnd(app, target, after, job);
}

/** A deleted run goes for good once its slots are back. */
async function bury(app: App, flowRunId: string): Promise<void> {
  await dropSlots(app, flowRunId);
  await deleteTaskRunsOf(app, flowRunId);
  await app.store.flowRuns.delete(flowRunId);
}

async function afterEnd(app: App, target: Target, doc: FlowRunDocument, job: Job | null): Promise<void> {
  await cleanUpAfter(app, target, doc, job);
  if (doc.life.tombstone) await bury(app, doc.id);
  else if (isTerminal(doc.run.state_type)) await closeTasksLater(app, doc);
}
