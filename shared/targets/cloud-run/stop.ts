import type { Job as PoolJob, Ref } from '../target.ts';
import type { TargetError } from '../target-error.ts';
import { type CloudRun, executionName } from './cloud-run.ts';
import { jobName } from './names.ts';

/** Cancels the execution: SIGTERM, and SIGKILL 10 s later. A job whose execution does not exist is deleted. May be repeated. */
export async function stopExecution(
  run: CloudRun,
  given: PoolJob,
  ref: Ref,
): Promise<'stopping' | 'already-stopped' | 'not-found'> {
  const { client, errorOf } = run.open(given);
  const name = executionName(ref);
  const ask = async (request: () => Promise<void>): Promise<TargetError | null> => {
    try {
      await request();
      return null;
    } catch (thrown) {
      return errorOf(thrown);
    }
  };
  if (name) {
    const error = await ask(() => client.cancelExecution(name));
    if (!error) return 'stopping';
    if (error.cloudCode.startsWith('FAILED_PRECONDITION')) return 'already-stopped';
    if (error.kind !== 'not-found') throw error;
  }
  const error = await ask(() => client.deleteJob(jobName(ref)));
  if (!error) return 'stopping';
  if (error.kind === 'not-found') return 'not-found';
  throw error;
}
