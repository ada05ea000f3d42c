import { isTerminal } from '../../domain/states.ts';
import type { App } from '../../operations/app.ts';
import type { ExecutionInput } from '../../ports/lifecycle-engine.ts';
import { hasEnded, type Target } from '../../targets/target.ts';
import { close } from '../finish.ts';
import { jobOf } from '../submitting/frozen-job.ts';
import { endPrevious } from '../submitting/previous-attempt.ts';
import { lookAfterLater } from './clean-up.ts';
import { findContainer, observe } from './observe.ts';

/**
 * The timer of a closed attempt: stops the container when it has not ended by itself, then cleans up. Also called when the
 * container of a closed attempt is seen to end. Safe to run twice and late.
 */
export async function cleanUpClosedAttempt(app: App, target: Target, input: ExecutionInput): Promise<void> {
  const doc = await app.store.flowRuns.get(input.flow_run_id);
  if (!doc) return;
  const wentOn = doc.life.attempt !== input.attempt;
  if (doc.life.previous && isTerminal(doc.run.state_type)) {
    await lookAfterLater(app, doc);
    await endPrevious(app, target, doc);
  }
  if (wentOn || doc.life.phase !== 'closed') return;
  const job = await jobOf(app, doc);
  if (!job) return;
  // Set first: whatever fails below, somebody looks again.
  await lookAfterLater(app, doc);
  const found = await findContainer(app, target, doc, job);
  const seen = await observe(target, found, job);
  if (found.life.ref && !hasEnded(seen)) {
    await target.stop(job, found.life.ref, 'the flow run has ended');
    return;
  }
  await close(app, target, found, job, seen);
}
