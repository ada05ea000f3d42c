import { type PushpoolError, TerminalError, TransientError } from '../../../shared/domain/errors.ts';

/** What passes by itself, by the name that AWS's services and Node's network layer give it. */
const PASSING = new Set([
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'LimitExceededException',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'InternalServerError',
  'InternalServerException',
  'InternalFailure',
  'KMSInternalException',
  'DependencyTimeoutException',
  'TimeoutError',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Maps what an SDK client throws to a family: throttles, 5xx and network faults pass, the rest is final. */
export function awsError(error: unknown, call: string): PushpoolError {
  const { name, code, message, $metadata } = error as {
    name?: string;
    code?: string;
    message?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const passing = PASSING.has(name ?? '') || PASSING.has(code ?? '') || ($metadata?.httpStatusCode ?? 0) >= 500;
  if (passing) {
    return new TransientError('aws-unavailable', `AWS did not carry out ${call}: ${name ?? code}.`, { cause: error });
  }
  return new TerminalError('aws-refused', `AWS refused ${call}: ${name}: ${message}`, { cause: error });
}

/** The name under which an SDK client reports what went wrong. */
export const awsErrorName = (error: unknown): string => String((error as { name?: unknown } | null)?.name ?? '');
