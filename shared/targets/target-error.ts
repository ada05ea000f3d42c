import { PushpoolError } from '../domain/errors.ts';

/**
 * What went wrong at a cloud, and what the lifecycle does with it (targets.md 1.3). Each target's `errors.ts` is the table
 * from the cloud's codes to these.
 *
 * | kind              | Submit                                                                     | elsewhere       |
 * | ----------------- | -------------------------------------------------------------------------- | --------------- |
 * | `throttled`       | again in 1 to 30 s, for some 15 min; one line in the run's log              | again the same  |
 * | `transient`       | again in 1 to 60 s, 10 times; one line in the run's log                     | again the same  |
 * | `unknown-outcome` | as `transient`; the submission looks first, as it always does when repeated | again the same  |
 * | `conflict`        | as `transient`: the target adopts what it can, this is what is left         | again the same  |
 * | `capacity`        | again in 30 s to 5 min until the run's start limit, then Crashed            | again the same  |
 * | `permission`, `not-found`, `invalid` | Crashed with the message                                 | given up        |
 * | `credentials`     | the pool is NOT_READY; the run waits until credentials are stored anew      | given up        |
 */
export type TargetErrorKind =
  | 'throttled'
  | 'transient'
  | 'capacity'
  | 'permission'
  | 'not-found'
  | 'invalid'
  | 'credentials'
  | 'conflict'
  | 'unknown-outcome';

/** Step Functions retries and catches by name (lifecycle/definition.ts). */
const NAMES: Record<TargetErrorKind, string> = {
  throttled: 'Throttled',
  transient: 'TransientError',
  'unknown-outcome': 'TransientError',
  conflict: 'TransientError',
  capacity: 'NoCapacity',
  permission: 'TerminalError',
  'not-found': 'TerminalError',
  invalid: 'TerminalError',
  credentials: 'TerminalError',
};

export interface TargetErrorOptions {
  /** The cloud's own code, e.g. `ThrottlingException`. */
  readonly cloudCode?: string;
  readonly requestId?: string;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/**
 * A fault of a cloud as a sentence for the user: what happened, where, what to do. The cloud's code and request id are added
 * in small print. Never holds secrets or the cloud's raw answer.
 */
export class TargetError extends PushpoolError {
  override readonly name: string;
  readonly kind: TargetErrorKind;
  readonly cloudCode: string;
  readonly retryAfterSeconds: number | null;

  constructor(kind: TargetErrorKind, message: string, options: TargetErrorOptions = {}) {
    const { cloudCode = '', requestId } = options;
    const print = [cloudCode, requestId && `request ${requestId}`].filter((part) => part).join(', ');
    super(`target-${kind}`, print ? `${message} (${print})` : message, { cause: options.cause });
    this.name = NAMES[kind];
    this.kind = kind;
    this.cloudCode = cloudCode;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

/** True when the same call may succeed later without anybody doing anything. */
export function mayPass(error: TargetError): boolean {
  return error.name !== 'TerminalError';
}
