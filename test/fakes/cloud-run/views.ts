import type { Execution, Job } from './model.ts';

const CANCELLING = { type: 'Cancelled', state: 'CONDITION_RECONCILING', executionReason: 'CANCELLING' };

/** A job as Google shows it; `newest`: the execution that it shows already. */
export function viewJob(job: Job, newest: Execution | null, ready: boolean) {
  const state = job.broken ? 'CONDITION_FAILED' : ready ? 'CONDITION_SUCCEEDED' : 'CONDITION_RECONCILING';
  return {
    ...job.spec,
    name: job.name,
    uid: `uid-${job.id}`,
    generation: '1',
    createTime: job.createdAt.toISOString(),
    updateTime: job.createdAt.toISOString(),
    etag: newest ? etagOf(job) : etagOf({ executions: [] }),
    ...(job.executions.length > 0 && { executionCount: job.executions.length }),
    ...(state === 'CONDITION_RECONCILING' && { reconciling: true }),
    terminalCondition: {
      type: 'Ready',
      state,
      ...(job.broken && { reason: job.broken.reason, message: job.broken.message }),
    },
    latestCreatedExecution: newest
      ? { name: newest.name.split('/').at(-1), createTime: newest.createdAt.toISOString() }
      : {},
  };
}

export function viewExecution(execution: Execution) {
  const { name, job, createdAt, startedAt, endedAt, outcome, cancellingSince } = execution;
  const time = (at: Date | null, field: string) => (at ? { [field]: at.toISOString() } : {});
  const counts = !endedAt
    ? startedAt
      ? { runningCount: 1 }
      : {}
    : outcome?.cancelled
      ? { cancelledCount: 1 }
      : outcome?.exitCode === 0
        ? { succeededCount: 1 }
        : { failedCount: 1 };
  return {
    name,
    uid: `uid-${name.split('/').at(-1)}`,
    generation: '1',
    labels: job.spec.template.labels ?? {},
    createTime: createdAt.toISOString(),
    updateTime: (endedAt ?? startedAt ?? createdAt).toISOString(),
    ...time(startedAt, 'startTime'),
    ...time(endedAt, 'completionTime'),
    job: job.id,
    parallelism: 1,
    taskCount: 1,
    template: job.spec.template.template,
    ...counts,
    ...(!endedAt && { reconciling: true }),
    ...(execution.retried > 0 && { retriedCount: execution.retried }),
    logUri: `https://console.cloud.google.com/logs/viewer?execution=${name.split('/').at(-1)}`,
    etag: '"1"',
    conditions: [completed(execution), ...(cancellingSince && !endedAt ? [CANCELLING] : [])],
  };
}

export function viewTask({ name, job, startedAt, endedAt, outcome, retried }: Execution) {
  const { exitCode, message = '', termSignal, statusCode } = outcome ?? {};
  return {
    name: `${name}/tasks/${name.split('/').at(-1)}-task0`,
    job: job.id,
    execution: name.split('/').at(-1),
    ...(startedAt && { startTime: startedAt.toISOString() }),
    ...(endedAt && { completionTime: endedAt.toISOString() }),
    ...(retried > 0 && { retried }),
    ...(outcome && {
      lastAttemptResult: {
        ...(statusCode || message ? { status: { ...(statusCode && { code: statusCode }), message } } : {}),
        // proto3 leaves out what is zero
        ...(exitCode ? { exitCode } : {}),
        ...(termSignal ? { termSignal } : {}),
      },
    }),
  };
}

export const etagOf = ({ executions }: Pick<Job, 'executions'>): string => `"${executions.length}"`;

function completed({ name, startedAt, endedAt, outcome }: Execution) {
  const type = 'Completed';
  if (!endedAt || !outcome) return { type, state: startedAt ? 'CONDITION_RECONCILING' : 'CONDITION_PENDING' };
  if (outcome.exitCode === 0) return { type, state: 'CONDITION_SUCCEEDED' };
  const state = 'CONDITION_FAILED';
  const message = outcome.message ?? 'The container exited with an error.';
  if (outcome.reason) return { type, state, reason: outcome.reason, message };
  if (outcome.cancelled) return { type, state, executionReason: 'CANCELLED', message };
  return {
    type,
    state,
    executionReason: 'NON_ZERO_EXIT_CODE',
    message: `Task ${name.split('/').at(-1)}-task0 failed with message: ${message}`,
  };
}
