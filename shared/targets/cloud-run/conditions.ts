import type { Observation } from '../target.ts';
import type { Execution, Job, Task } from './client.ts';

type Condition = NonNullable<Job['terminalCondition']>;

const IMAGE = new Set(['CONTAINER_MISSING', 'CONTAINER_PERMISSION_DENIED', 'CONTAINER_IMAGE_UNAUTHORIZED']);
/** Google's own trouble: look again. */
const PASSING = new Set(['JOB_STATUS_SERVICE_POLLING_ERROR', 'INTERNAL', 'POSTPONED_RETRY', 'IMMEDIATE_RETRY']);
const OUT_OF_MEMORY = /memory limit of .* exceeded|out of memory/i;
const TIMED_OUT = /timeout was reached|timed out/i;
const DEADLINE_EXCEEDED = 4;
const SIGKILL = 137;

const reasonOf = (condition: Condition | null | undefined): string =>
  String(condition?.executionReason || condition?.reason || '');

export const isFailed = (condition: Condition | null | undefined): boolean => condition?.state === 'CONDITION_FAILED';

/** A job, or an execution, that Cloud Run cannot start. */
export function brokenJob(condition: Condition | null | undefined): Observation {
  const reason = reasonOf(condition);
  const said = condition?.message ?? 'Google does not say why.';
  if (IMAGE.has(reason)) {
    return {
      phase: 'failed',
      cause: 'image-pull',
      message: `Cloud Run could not pull the image: ${said} Check the variable 'image', that Cloud Run may read its registry, and that it is made for linux/amd64.`,
    };
  }
  if (/capacity/i.test(said))
    return { phase: 'failed', cause: 'capacity', message: `Cloud Run has no room for the job: ${said}` };
  return { phase: 'failed', cause: 'config', message: `Cloud Run cannot run the job: ${said}` };
}

/** How an execution is, by the table of targets.md 2.3. `tasks` only matter once it has failed. */
export function observationOf(execution: Execution, tasks: readonly Task[] = []): Observation {
  const name = `The Cloud Run execution '${(execution.name ?? '').split('/').at(-1)}'`;
  const completed = execution.conditions?.find(({ type }) => type === 'Completed');
  const reason = reasonOf(completed);
  if ((execution.cancelledCount ?? 0) > 0 || (reason === 'CANCELLED' && isFailed(completed))) {
    return { phase: 'stopped', cause: 'user-stop', message: `${name} was cancelled.` };
  }
  if (reason === 'DELETED') return { phase: 'gone', message: `${name} was deleted outside pushpool.` };
  if (isFailed(completed) && !PASSING.has(reason)) {
    return reason === 'NON_ZERO_EXIT_CODE' ? failed(name, execution, tasks) : brokenJob(completed);
  }
  if (completed?.state === 'CONDITION_SUCCEEDED') {
    return { phase: 'succeeded', exitCode: 0, cause: 'exit', message: `${name} ended with exit code 0.` };
  }
  if (execution.startTime && (execution.runningCount ?? 0) > 0)
    return { phase: 'running', message: `${name} is running.` };
  return { phase: 'provisioning', message: `${name} is being started.` };
}

export const hasFailed = (execution: Execution): boolean =>
  isFailed(execution.conditions?.find(({ type }) => type === 'Completed'));

function failed(name: string, { template }: Execution, tasks: readonly Task[]): Observation {
  const task = tasks.find(({ lastAttemptResult }) => lastAttemptResult) ?? tasks[0];
  const result = task?.lastAttemptResult;
  const said = result?.status?.message ?? '';
  const code = result?.exitCode || undefined; // proto3 leaves out 0, and a task that failed did not exit with it
  const exit = code === undefined ? {} : { exitCode: code };
  const [container] = template?.containers ?? [];
  if (OUT_OF_MEMORY.test(said) || code === SIGKILL || (code === undefined && result?.termSignal === 9)) {
    const memory = container?.resources?.limits?.['memory'];
    return {
      phase: 'failed',
      cause: 'oom',
      ...exit,
      message: `${name} ran out of memory${memory ? ` (${memory})` : ''}. ${said} Raise the variable 'memory'.`.replace(
        '  ',
        ' ',
      ),
    };
  }
  if (result?.status?.code === DEADLINE_EXCEEDED || TIMED_OUT.test(said)) {
    return {
      phase: 'failed',
      cause: 'timeout',
      ...exit,
      message: `${name} ran longer than the variable 'timeout' allows (${template?.timeout?.seconds ?? '?'} s). Raise it.`,
    };
  }
  const how = code === undefined ? 'failed' : `ended with exit code ${code}`;
  return {
    phase: 'failed',
    cause: code === undefined ? 'unknown' : 'exit',
    ...exit,
    message: `${name} ${how}. ${said}`.trim(),
  };
}
