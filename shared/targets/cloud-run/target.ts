import type { Target } from '../target.ts';
import { cleanUpJob } from './clean-up.ts';
import type { CloudRunClientOptions } from './client.ts';
import { openCloudRun } from './cloud-run.ts';
import { describeExecution } from './describe.ts';
import { listExecutions } from './list.ts';
import { logsOfExecution } from './logs.ts';
import { stopExecution } from './stop.ts';
import { findJob, submitJob } from './submit.ts';

/** `cloud-run-v2:push` and `cloud-run:push`: each attempt is a job of its own with one execution (targets.md 2.3). */
export function createCloudRunTarget(options: CloudRunClientOptions = {}): Target {
  const run = openCloudRun(options);
  return {
    submit: (job, at) => submitJob(run, job, at),
    find: (job, at) => findJob(run, job, at),
    describe: (job, ref) => describeExecution(run, job, ref),
    list: (job, known) => listExecutions(run, job, known),
    stop: (job, ref) => stopExecution(run, job, ref),
    cleanUp: (job, ref) => cleanUpJob(run, job, ref),
    logs: (job, ref, { tail }) => logsOfExecution(run, job, ref, tail),
  };
}
