import type { Observation } from '../target.ts';

/** A task as `DescribeTasks` answers it and as `ECS Task State Change` carries it. */
export interface EcsTask {
  readonly taskArn?: string | undefined;
  readonly lastStatus?: string | undefined;
  readonly desiredStatus?: string | undefined;
  readonly startedBy?: string | undefined;
  readonly stopCode?: string | undefined;
  readonly stoppedReason?: string | undefined;
  readonly stoppedAt?: Date | string | undefined;
  readonly memory?: string | undefined;
  readonly containers?: readonly EcsContainer[] | undefined;
}
export interface EcsContainer {
  readonly name?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly reason?: string | undefined;
}

const STARTING = ['PROVISIONING', 'PENDING', 'ACTIVATING'];
const OUR_REASON = 'Stopped by pushpool';

/**
 * What one task says about the run's container (targets.md 2.1, "Describe"). `container` is the one that runs the flow: side-cars
 * alone never decide. Pure.
 */
export function observeTask(task: EcsTask, container: string | null): Observation {
  const { lastStatus = 'UNKNOWN' } = task;
  if (STARTING.includes(lastStatus)) {
    return { phase: 'provisioning', message: `The ECS task is ${lastStatus.toLowerCase()}.` };
  }
  if (lastStatus !== 'STOPPED') return { phase: 'running', message: `The ECS task is ${lastStatus.toLowerCase()}.` };
  return stopped(task, flowContainer(task, container));
}

export const TASK_GONE: Observation = {
  phase: 'gone',
  message: 'ECS knows the task no more. It forgets stopped tasks after about an hour.',
};

function flowContainer({ containers = [] }: EcsTask, name: string | null): EcsContainer | undefined {
  return (
    containers.find((container) => container.name === (name ?? 'prefect')) ??
    (containers.length === 1
      ? containers[0]
      : containers.find(({ exitCode }) => exitCode !== undefined && exitCode !== 0))
  );
}

function stopped(task: EcsTask, container: EcsContainer | undefined): Observation {
  const { stopCode = '', stoppedReason = '' } = task;
  const reasons = [container?.reason, stoppedReason].filter((reason) => reason).join(' ');
  const exitCode = container?.exitCode;
  const code = exitCode === undefined ? {} : { exitCode };
  if (/OutOfMemory/i.test(reasons)) {
    const limit = task.memory ? ` (${task.memory} MiB)` : '';
    return {
      phase: 'failed',
      cause: 'oom',
      ...code,
      message: `The container ran out of memory${limit}. Raise 'memory'.`,
    };
  }
  if (
    stopCode === 'SpotInterruption' ||
    stopCode === 'TerminationNotice' ||
    /Spot Task was interrupted/i.test(stoppedReason)
  ) {
    return {
      phase: 'stopped',
      cause: 'spot',
      ...code,
      message: `ECS took the Spot capacity back. ${stoppedReason}`.trim(),
    };
  }
  if (stopCode === 'InfrastructureHealth' || /^Host EC2/i.test(stoppedReason)) {
    return {
      phase: 'stopped',
      cause: 'host',
      ...code,
      message: `The machine under the task was lost. ${stoppedReason}`.trim(),
    };
  }
  if (stopCode === 'TaskFailedToStart') return failedToStart(reasons);
  if (stopCode === 'UserInitiated') return stoppedByUser(stoppedReason, code);
  if (exitCode === 0)
    return { phase: 'succeeded', cause: 'exit', exitCode, message: 'The container exited with code 0.' };
  if (exitCode !== undefined) return exited(exitCode, container, reasons);
  return {
    phase: 'stopped',
    cause: 'unknown',
    message: `ECS ended the task before its exit code was known.${reasons ? ` ${reasons}` : ''}`,
  };
}

function exited(exitCode: number, container: EcsContainer | undefined, reasons: string): Observation {
  const name = container?.name ?? 'prefect';
  const why: Record<number, string> = {
    137: ' It was killed (SIGKILL): memory of a process within it, or it did not end in time after a stop.',
    139: ' It crashed with a segmentation fault.',
    143: ' It was asked to end (SIGTERM).',
  };
  const said = container?.reason ? ` ${reasons}` : '';
  const cause = exitCode === 137 ? 'unknown' : 'exit';
  return {
    phase: 'failed',
    cause,
    exitCode,
    message: `Container '${name}' exited with code ${exitCode}.${why[exitCode] ?? ''}${said}`,
  };
}

/** Every failed pull is told of as one of a manifest ("pull image manifest has been retried…"); these say that it has no such platform. */
const OF_ANOTHER_PLATFORM = /exec format|match(ing)? (for )?platform|no matching manifest/i;

function failedToStart(reasons: string): Observation {
  const message = `ECS could not start the task: ${reasons || 'no reason was given.'}`;
  if (/CannotPull/i.test(reasons)) {
    const hint = OF_ANOTHER_PLATFORM.test(reasons)
      ? 'Build the image for the platform of the task, e.g. platform="linux/amd64".'
      : "Check the image, that the execution role may pull it, and that the task's subnet reaches the registry (public IP or NAT).";
    return { phase: 'failed', cause: 'image-pull', message: `${message} ${hint}` };
  }
  if (/ResourceInitializationError/i.test(reasons)) {
    return {
      phase: 'failed',
      cause: 'config',
      message: `${message} Check that the execution role may read the secrets and write the logs, and that the task's subnet reaches these services.`,
    };
  }
  if (/Timeout waiting for network interface|Capacity is unavailable|RESOURCE:/i.test(reasons)) {
    return { phase: 'failed', cause: 'capacity', message };
  }
  if (/exec format error|no such file or directory/i.test(reasons)) {
    return { phase: 'failed', cause: 'config', message: `${message} Check command and platform of the image.` };
  }
  return { phase: 'failed', cause: 'config', message };
}

function stoppedByUser(stoppedReason: string, code: { exitCode?: number }): Observation {
  const ours = stoppedReason.startsWith(OUR_REASON);
  return {
    phase: 'stopped',
    cause: 'user-stop',
    ...code,
    message: ours
      ? `${stoppedReason}.`.replace(/\.+$/, '.')
      : `The task was stopped outside pushpool: ${stoppedReason || 'no reason was given.'}`,
  };
}

export const stopReason = (why: string): string => `${OUR_REASON}: ${why}`.slice(0, 255);
