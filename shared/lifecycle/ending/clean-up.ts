import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { App } from '../../operations/app.ts';
import type { ExecutionInput } from '../../ports/lifecycle-engine.ts';
import type { Job, Ref, Target } from '../../targets/target.ts';
import { TargetError } from '../../targets/target-error.ts';
import { forgetJob } from '../submitting/frozen-job.ts';

/** A container whose run is over gets this long to end by itself: hooks, last logs, task events. */
const FIRST_LOOK_SECONDS = 60;
const LAST_DELAY_SECONDS = 3600;
/** A clean-up that has failed for so long is left to the operator. */
const GIVE_UP_SECONDS = 24 * 3600;

/**
 * What the cloud made for a container that has ended is deleted, and its job with its secrets forgotten; what cannot be done now
 * is tried again after a minute, then at growing distances, for a day. Safe to run twice.
 */
export async function cleanUpAfter(app: App, target: Target, doc: FlowRunDocument, job: Job | null): Promise<void> {
  const { ref, attempt } = doc.life;
  if (job && ref && !(await cleanedUp(app, target, doc.id, job, ref)) && endedSeconds(app, doc) < GIVE_UP_SECONDS) {
    return lookAfterLater(app, doc);
  }
  await forgetJob(app, doc.id, attempt);
  // The attempt before could not be looked after yet: the timer goes on for its container.
  if (doc.life.previous) return lookAfterLater(app, doc);
  await app.timers.cancel(timerName(doc.id, attempt));
}

/** False when something is left; the reason goes to the operator's log. */
export async function cleanedUp(app: App, target: Target, flowRunId: string, job: Job, ref: Ref): Promise<boolean> {
  try {
    return (await target.cleanUp(job, ref)) === 'done';
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    app.log({
      level: 'ERROR',
      message: 'A clean-up failed.',
      flow_run_id: flowRunId,
      pid: ref.pid,
      error: error.message,
    });
    return false;
  }
}

/** Sets the timer that looks after the container of a closed attempt. May be set again. */
export async function lookAfterLater(app: App, doc: FlowRunDocument): Promise<void> {
  const functionName = app.settings.targets[doc.life.push ?? ''];
  if (!functionName) return;
  const delay = Math.min(Math.max(endedSeconds(app, doc), FIRST_LOOK_SECONDS), LAST_DELAY_SECONDS);
  const at = new Date(app.clock.now().getTime() + delay * 1000);
  const payload = { step: 'clean-up', input: inputOf(doc) };
  await app.timers.set(timerName(doc.id, doc.life.attempt), at, functionName, payload);
}

function endedSeconds(app: App, { life }: FlowRunDocument): number {
  return life.ended ? (app.clock.now().getTime() - new Date(life.ended.at).getTime()) / 1000 : 0;
}

const timerName = (flowRunId: string, attempt: number): string => `clean-up-${flowRunId}-${attempt}`;

export const inputOf = ({ id, life }: FlowRunDocument): ExecutionInput => ({
  contract: 1,
  flow_run_id: id,
  attempt: life.attempt,
  generation: life.generation,
});
