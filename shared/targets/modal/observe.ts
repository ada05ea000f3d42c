import type { Cause, Observation } from '../target.ts';

/** `GenericResult` of the protocol, as far as it is read. */
export interface ModalResult {
  readonly status: number;
  readonly exitcode: number;
  readonly exception: string;
}

/** `GenericStatus` of the protocol. */
const STATUS = {
  UNSPECIFIED: 0,
  SUCCESS: 1,
  FAILURE: 2,
  TERMINATED: 3,
  TIMEOUT: 4,
  INIT_FAILURE: 5,
  INTERNAL_FAILURE: 6,
  IDLE_TIMEOUT: 7,
  MEMORY_MANAGER_EVICTION: 8,
  MEMORY_THRASHING_EVICTION: 9,
  KERNEL_OOM_KILL: 10,
} as const;
const KILLED = 137;

export const isUnfinished = (result: ModalResult | undefined): result is undefined =>
  result === undefined || result.status === STATUS.UNSPECIFIED;

export const isFailure = (result: ModalResult | undefined): boolean => result?.status !== STATUS.SUCCESS;

/**
 * How a sandbox ended, from its result alone: the SDK's `poll()` gives 0 for several failures (targets.md 2.4). `timeout` in
 * seconds, as the job has it.
 */
export function endOf(result: ModalResult, timeout: number | null): Observation {
  const { status, exitcode } = result;
  const said = result.exception.trim() ? ` Modal says: ${result.exception.trim()}` : '';
  switch (status) {
    case STATUS.SUCCESS:
      return { phase: 'succeeded', exitCode: exitcode, cause: 'exit', message: 'The sandbox exited with code 0.' };
    case STATUS.FAILURE:
      if (exitcode === KILLED && /memory|oom/i.test(said)) return outOfMemory(said);
      return {
        phase: 'failed',
        exitCode: exitcode,
        cause: 'exit',
        message: `The sandbox exited with code ${exitcode}.${said}`,
      };
    case STATUS.TERMINATED:
      return { phase: 'stopped', exitCode: KILLED, cause: 'user-stop', message: `The sandbox was terminated.${said}` };
    case STATUS.TIMEOUT:
      return {
        phase: 'failed',
        cause: 'timeout',
        message: `The sandbox ran longer than the job variable 'timeout' allows${timeout === null ? '' : ` (${timeout} s)`}. Raise it, a day at most.`,
      };
    case STATUS.INIT_FAILURE:
      return initFailure(said);
    case STATUS.INTERNAL_FAILURE:
      return { phase: 'stopped', cause: 'host', message: `Modal lost the sandbox to a failure of its own.${said}` };
    case STATUS.IDLE_TIMEOUT:
      return { phase: 'stopped', cause: 'timeout', message: `Modal ended the sandbox because it was idle.${said}` };
    case STATUS.MEMORY_MANAGER_EVICTION:
    case STATUS.MEMORY_THRASHING_EVICTION:
    case STATUS.KERNEL_OOM_KILL:
      return outOfMemory(said);
    default:
      return { phase: 'failed', cause: 'unknown', message: `The sandbox ended with Modal's status ${status}.${said}` };
  }
}

const outOfMemory = (said: string): Observation => ({
  phase: 'failed',
  exitCode: KILLED,
  cause: 'oom',
  message: `The sandbox ran out of memory. Raise the job variables 'memory' and 'memory_limit'.${said}`,
});

function initFailure(said: string): Observation {
  const cause: Cause = /\b(pull|manifest|registry|image)\b/i.test(said) ? 'image-pull' : 'config';
  const remedy = cause === 'image-pull' ? "'image' and 'image_registry'" : "'command', 'workdir' and 'image'";
  return { phase: 'failed', cause, message: `The sandbox did not start. Check the job variables ${remedy}.${said}` };
}

/** A sandbox that has not ended; `startedAt` in seconds, 0 before the start. */
export function lifeOf(startedAt: number): Observation {
  return startedAt > 0
    ? { phase: 'running', message: 'The sandbox is running.' }
    : { phase: 'provisioning', message: 'Modal is starting the sandbox.' };
}
