import type { Observation, Job as PoolJob, Ref } from '../target.ts';
import { type CloudRun, executionName, type Opened } from './cloud-run.ts';
import { brokenJob, hasFailed, isFailed, observationOf } from './conditions.ts';
import { jobName } from './names.ts';

/** One look at an execution; while Cloud Run does not show it, at its job. */
export async function describeExecution(run: CloudRun, given: PoolJob, ref: Ref): Promise<Observation> {
  const opened = run.open(given);
  return (await observe(opened, ref)) ?? ofJob(opened, ref);
}

/** Null when there is no such execution. */
export async function observe({ client, read, readIfThere }: Opened, ref: Ref): Promise<Observation | null> {
  const name = executionName(ref);
  const execution = name ? await readIfThere(() => client.getExecution(name)) : null;
  if (!name || !execution) return null;
  // the exit code stands on the task
  const tasks = hasFailed(execution) ? await read(() => client.listTasks(name)) : [];
  return observationOf(execution, tasks);
}

async function ofJob({ client, readIfThere }: Opened, ref: Ref): Promise<Observation> {
  const job = await readIfThere(() => client.getJob(jobName(ref)));
  if (!job) return { phase: 'gone', message: `The Cloud Run job '${ref.pid}' was deleted outside pushpool.` };
  if (isFailed(job.terminalCondition)) return brokenJob(job.terminalCondition);
  return { phase: 'provisioning', message: `The Cloud Run job '${ref.pid}' is being made ready.` };
}
