import { TransientError } from '../../domain/errors.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { App } from '../../operations/app.ts';
import { hasEnded, type Target } from '../../targets/target.ts';
import { changeLife } from '../change-life.ts';
import { cleanedUp } from '../ending/clean-up.ts';
import { forgetJob, jobOfAttempt } from './frozen-job.ts';

const OLD_CONTAINER_RETRY_SECONDS = 2;

/**
 * Rule 5: an attempt is submitted only after the one before is seen ended, or fenced and stopped. Throws `TransientError`
 * while it still ends. Also for a run that is over before its next attempt began.
 */
export async function endPrevious(app: App, target: Target, doc: FlowRunDocument): Promise<void> {
  const { previous } = doc.life;
  if (!previous) return;
  const job = await jobOfAttempt(app, doc.id, previous.attempt);
  if (job) {
    if (!hasEnded(await target.describe(job, previous.ref))) {
      await target.stop(job, previous.ref, 'a newer attempt of the flow run takes its place');
      throw new TransientError('previous-attempt', 'The container of the attempt before is still ending.', {
        retryAfterSeconds: OLD_CONTAINER_RETRY_SECONDS,
      });
    }
    await cleanedUp(app, target, doc.id, job, previous.ref);
    await forgetJob(app, doc.id, previous.attempt);
  }
  await changeLife(app, doc.id, (life) =>
    life.previous?.attempt === previous.attempt ? { ...life, previous: null } : null,
  );
}
