import { TerminalError } from '../domain/errors.ts';
import {
  type FlowRunDocument,
  type FlowRunLife,
  nextAttempt,
  nextGeneration,
  withoutEffects,
} from '../domain/flow-run-life.ts';
import { isTerminal } from '../domain/states.ts';
import type { App } from '../operations/app.ts';
import { transitionFlowRun } from '../operations/flow-run-transition.ts';
import { performEffects } from '../operations/pending-effects.ts';
import { closeOpenTaskRuns } from '../operations/task-runs.ts';
import type { ExecutionInput } from '../ports/lifecycle-engine.ts';
import { hasEnded, type Job, type Observation, type Target } from '../targets/target.ts';
import { changeLife } from './change-life.ts';
import { GRACE_SECONDS } from './definition.ts';
import { forgetJob, readJob } from './frozen-job.ts';
import { AwaitEnd } from './messages.ts';
import { keepOutput } from './output.ts';
import { verdict } from './verdict.ts';

/** After this the run is Cancelled whether or not the cloud has confirmed (rule 11). */
const CANCEL_DEADLINE_SECONDS = 300;
/** A container whose run is over gets this long to end by itself: hooks, last logs, task events. */
const CLEAN_UP_SECONDS = 60;
/** Task events that were under way when the container ended have arrived by then (rule 23). */
const TASK_EVENTS_SECONDS = 30;
const SYSTEM = { kind: 'system' } as const;

/**
 * Ends an attempt: turns what the infrastructure did into a state when the run has not said so itself, stops what must be
 * stopped, closes the attempt, cleans up. Throws `AwaitEnd` while a container has been asked to end and has not.
 *
 * If run twice: the second call finds the attempt closed. If the step before or after crashed: everything is read afresh.
 */
export async function finish(app: App, target: Target, input: ExecutionInput): Promise<void> {
  const doc = await app.store.flowRuns.get(input.flow_run_id);
  if (!doc || doc.life.generation !== input.generation || doc.life.phase !== 'open') return;
  const { ref } = doc.life;
  const job = ref ? await jobOf(app, doc) : null;
  const seen = await observe(target, doc, job);
  if (ref && !hasEnded(seen)) return whileItLives(app, target, doc, job);
  await settle(app, target, doc, job, seen);
  await close(app, target, doc, job, seen);
}

/** What is known of the container; a run that was never submitted has none. */
async function observe(target: Target, doc: FlowRunDocument, job: Job | null): Promise<Observation> {
  const { ended, ref, submitError } = doc.life;
  if (ended)
    return {
      phase: ended.phase as Observation['phase'],
      message: ended.message,
      ...(ended.exitCode !== null && { exitCode: ended.exitCode }),
      ...(ended.cause && { cause: ended.cause as NonNullable<Observation['cause']> }),
    };
  if (ref && job) return target.describe(job, ref);
  return { phase: 'gone', cause: 'config', message: submitError ?? 'No container was started.' };
}

/** The container still runs: let it end by itself when the run is over, press on when it is being cancelled. */
async function whileItLives(app: App, target: Target, doc: FlowRunDocument, job: Job | null): Promise<void> {
  const { run, life } = doc;
  if (life.tombstone) return stopAndWait(app, target, doc, job, 'the flow run was deleted');
  if (run.state_type === 'CANCELLING') {
    const age = (app.clock.now().getTime() - new Date(run.state_timestamp ?? 0).getTime()) / 1000;
    if (age < GRACE_SECONDS) return waitForEnd(app, doc);
    if (age < CANCEL_DEADLINE_SECONDS) return stopAndWait(app, target, doc, job, 'the flow run was cancelled');
    await transitionFlowRun(app, SYSTEM, doc.id, {
      type: 'CANCELLED',
      message: `The end of the container could not be confirmed within ${CANCEL_DEADLINE_SECONDS} s; the run was marked as Cancelled. Look for ${life.ref?.pid} in the cloud's console.`,
    });
    return leaveToEnd(app, doc);
  }
  const over = isTerminal(run.state_type) || (run.state_type === 'PAUSED' && run.state?.state_details.pause_reschedule);
  if (over) return leaveToEnd(app, doc);
  await renew(app, doc);
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

/** The run is over and its container is not: fence the attempt now, look after the container in a minute. */
async function leaveToEnd(app: App, doc: FlowRunDocument): Promise<void> {
  await changeLife(app, doc.id, (life) =>
    life.attempt === doc.life.attempt ? { ...life, phase: 'closed', mailbox: null, token: null } : null,
  );
  await setCleanUpTimer(app, doc);
}

async function setCleanUpTimer(app: App, doc: FlowRunDocument): Promise<void> {
  const target = app.settings.targets[doc.life.push ?? ''];
  if (!target) return;
  const at = new Date(app.clock.now().getTime() + CLEAN_UP_SECONDS * 1000);
  const payload = { step: 'clean-up', input: inputOf(doc) };
  await app.timers.set(cleanUpTimer(doc.id, doc.life.attempt), at, target, payload);
}

const cleanUpTimer = (flowRunId: string, attempt: number): string => `clean-up-${flowRunId}-${attempt}`;

/** A wait that ended without a reason, e.g. after 300 days: wait again under a new generation (rule 14). */
async function renew(app: App, doc: FlowRunDocument): Promise<void> {
  const stored = await app.store.flowRuns.table.update<FlowRunDocument>(app.store.flowRuns.key(doc.id), (current) =>
    current.life.generation === doc.life.generation
      ? app.store.flowRuns.write({ ...current, life: nextGeneration(current.life, current.life.attempt) })
      : null,
  );
  if (stored) await performEffects(app, stored);
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
  if (said.kind === 'next-attempt') return startNextAttempt(app, doc, said.infrastructure);
  const lines = job && doc.life.ref ? await target.logs(job, doc.life.ref, { tail: 200 }) : [];
  if (said.keepOutput) await keepOutput(app, doc.id, lines);
  await transitionFlowRun(app, SYSTEM, doc.id, said.state(lines.map((line) => line.text)), {
    unless: (current) => current.life.attempt !== doc.life.attempt,
  });
}

/** Rule 7 and infrastructure retries: the same run, a new container, due when its state says. */
async function startNextAttempt(app: App, doc: FlowRunDocument, infrastructure: boolean): Promise<void> {
  if (infrastructure) {
    await transitionFlowRun(
      app,
      SYSTEM,
      doc.id,
      {
        type: 'SCHEDULED',
        name: 'AwaitingRetry',
        message: `Infrastructure retry ${doc.life.infrastructureRetries + 1}: the container did not get as far as the flow.`,
      },
      { force: true, life: (life) => ({ ...life, infrastructureRetries: doc.life.infrastructureRetries + 1 }) },
    );
    return;
  }
  const stored = await app.store.flowRuns.table.update<FlowRunDocument>(app.store.flowRuns.key(doc.id), (current) => {
    if (current.life.attempt !== doc.life.attempt) return null;
    const run = {
      ...current.run,
      infrastructure_pid: null,
      empirical_policy: { ...current.run.empirical_policy, retry_type: null },
    };
    return app.store.flowRuns.write({
      ...current,
      run,
      life: nextAttempt({ ...current.life, ended: ENDED_NOW(app, 'the container ended') }),
    });
  });
  if (stored) await performEffects(app, stored);
}

const ENDED_NOW = (app: App, message: string): NonNullable<FlowRunLife['ended']> => ({
  at: app.clock.now().toISOString(),
  phase: 'gone',
  exitCode: null,
  cause: null,
  message,
});

/** The attempt is over and its container has ended: fence it, clean up, forget its secrets. */
async function close(
  app: App,
  target: Target,
  doc: FlowRunDocument,
  job: Job | null,
  seen: Observation,
): Promise<void> {
  const after = await app.store.flowRuns.update(doc.id, (current) => {
    if (current.life.attempt !== doc.life.attempt) return null;
    const ended = current.life.ended ?? {
      ...ENDED_NOW(app, seen.message),
      phase: seen.phase,
      exitCode: seen.exitCode ?? null,
      cause: seen.cause ?? null,
    };
    const life: FlowRunLife = {
      ...withoutEffects(
        current.life,
        current.life.pending.filter((effect) => effect.kind === 'signal'),
      ),
      phase: 'closed',
      mailbox: null,
      token: null,
      ended,
    };
    return { ...current, run: { ...current.run, infrastructure_pid: null }, life };
  });
  await cleanUp(app, target, doc, job);
  if (after?.life.tombstone) await app.store.flowRuns.delete(doc.id);
  else if (after && isTerminal(after.run.state_type)) await closeTasksLater(app, after);
}

async function cleanUp(app: App, target: Target, doc: FlowRunDocument, job: Job | null): Promise<void> {
  if (job && doc.life.ref && (await target.cleanUp(job, doc.life.ref)) === 'later') return setCleanUpTimer(app, doc);
  await forgetJob(app, doc.id, doc.life.attempt);
}

/** Rule 23: only some time after the container ended can no client speak for its task runs any more. */
async function closeTasksLater(app: App, doc: FlowRunDocument): Promise<void> {
  const target = app.settings.targets[doc.life.push ?? ''];
  if (!target || !(await hasOpenTaskRuns(app, doc.id))) return;
  const at = new Date(app.clock.now().getTime() + TASK_EVENTS_SECONDS * 1000);
  await app.timers.set(`close-tasks-${doc.id}`, at, target, { step: 'close-tasks', input: inputOf(doc) });
}

async function hasOpenTaskRuns(app: App, flowRunId: string): Promise<boolean> {
  for await (const task of app.store.taskRuns.ofFlowRun(flowRunId)) if (!isTerminal(task.state_type)) return true;
  return false;
}

/** The timer of a run that is over and has task runs that never reported their end. Safe to run twice and late. */
export async function closeTasks(app: App, input: ExecutionInput): Promise<void> {
  const doc = await app.store.flowRuns.getLive(input.flow_run_id);
  if (!doc || doc.life.attempt !== input.attempt || !isTerminal(doc.run.state_type)) return;
  const end = doc.run.end_time ?? app.clock.now().toISOString();
  const message = `The flow run ended as ${doc.run.state_name} before this task run reported its end.`;
  await closeOpenTaskRuns(app, doc.id, end, message);
}

const inputOf = ({ id, life }: FlowRunDocument): ExecutionInput => ({
  contract: 1,
  flow_run_id: id,
  attempt: life.attempt,
  generation: life.generation,
});

/**
 * The timer of a closed attempt: stops the container when it has not ended by itself, then cleans up. Also called when the
 * container of a closed attempt is seen to end. Safe to run twice and late.
 */
export async function cleanUpClosedAttempt(app: App, target: Target, input: ExecutionInput): Promise<void> {
  const doc = await app.store.flowRuns.get(input.flow_run_id);
  if (!doc || doc.life.attempt !== input.attempt || doc.life.phase !== 'closed' || !doc.life.ref) return;
  const job = await jobOf(app, doc);
  if (!job) return;
  const seen = await observe(target, doc, job);
  if (!hasEnded(seen)) {
    await target.stop(job, doc.life.ref, 'the flow run has ended');
    return setCleanUpTimer(app, doc);
  }
  await close(app, target, doc, job, seen);
  await app.timers.cancel(cleanUpTimer(doc.id, doc.life.attempt));
}

/** Null when the attempt's job is no longer kept: then there is nothing left to stop or clean up with. */
async function jobOf(app: App, doc: FlowRunDocument): Promise<Job | null> {
  try {
    return await readJob(app, doc.id, doc.life.attempt);
  } catch (error) {
    if (error instanceof TerminalError && error.code === 'job-expired') return null;
    throw error;
  }
}
