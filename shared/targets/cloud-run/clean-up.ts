import { hasEnded, type Job as PoolJob, type Ref } from '../target.ts';
import type { CloudRun, Opened } from './cloud-run.ts';
import { observe } from './describe.ts';
import { jobName, shortName } from './names.ts';

/** Deletes the job of an execution that has ended, and with it the execution; with `keep_job` both stay. May be repeated. */
export async function cleanUpJob(run: CloudRun, given: PoolJob, ref: Ref): Promise<'done' | 'later'> {
  const opened = run.open(given);
  const { job, client, errorOf } = opened;
  if (job.keepJob) {
    const seen = await observe(opened, ref);
    return seen && !hasEnded(seen) ? 'later' : 'done';
  }
  try {
    await client.deleteJob(jobName(ref));
    return 'done';
  } catch (thrown) {
    const error = errorOf(thrown);
    if (error.kind === 'not-found') return 'done';
    if (!error.cloudCode.startsWith('FAILED_PRECONDITION')) throw error;
  }
  await deleteExecutions(opened, ref);
  return 'later';
}

/** Some projects delete a job only after its executions; one that still runs is not deleted. */
async function deleteExecutions({ client, read, errorOf }: Opened, ref: Ref): Promise<void> {
  const executions = await read(() => client.listExecutions(jobName(ref)));
  for (const { name, completionTime } of executions) {
    if (!completionTime) continue;
    try {
      await client.deleteExecution(`${jobName(ref)}/executions/${shortName(name)}`);
    } catch (thrown) {
      const error = errorOf(thrown);
      if (error.kind !== 'not-found' && !error.cloudCode.startsWith('FAILED_PRECONDITION')) throw error;
    }
  }
}
