import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { App } from '../../operations/app.ts';
import type { Job, Observation, Target } from '../../targets/target.ts';
import { mayPass, TargetError } from '../../targets/target-error.ts';
import { readFrozenJob } from '../submitting/frozen-job.ts';
import { recordContainer } from './record-container.ts';

/** What is known of the container; a run that was never submitted has none. */
export async function observe(target: Target, doc: FlowRunDocument, job: Job | null): Promise<Observation> {
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

/**
 * A submission that never came to its end may have made the container all the same: it is looked for and recorded, so that it is
 * stopped and cleaned up as any other. The run's document as it is then.
 */
export async function findContainer(
  app: App,
  target: Target,
  doc: FlowRunDocument,
  job: Job,
): Promise<FlowRunDocument> {
  const { life } = doc;
  if (life.ref || life.ended || !life.submitLease) return doc;
  const { run } = await readFrozenJob(app, doc.id, life.attempt);
  try {
    const ref = await target.find(job, { flowRunId: doc.id, attempt: life.attempt, run, mayExist: true });
    return (ref && (await recordContainer(app, doc.id, life.attempt, ref, job))) ?? doc;
  } catch (error) {
    if (error instanceof TargetError && !mayPass(error)) return doc; // refused now as it was at Submit: nothing was made
    throw error;
  }
}
