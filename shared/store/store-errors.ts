import { ConflictError, PushpoolError, TerminalError, TransientError } from '../domain/errors.ts';

const PASSING = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'InternalServerError',
  'InternalFailure',
  'ServiceUnavailable',
  'TransactionConflictException',
  'TimeoutError',
  'NetworkingError',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Maps what the SDK throws to a family: condition failed is a conflict, throttles and network faults pass, the rest is final. */
export function toStoreError(error: unknown, operation: string, conflict: string): PushpoolError {
  if (error instanceof PushpoolError) return error;
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  if (name === 'ConditionalCheckFailedException') {
    return new ConflictError(
      conflict,
      `The item ${conflict === 'exists' ? 'exists already' : 'was changed by somebody else'}.`,
      {
        cause: error,
      },
    );
  }
  if (PASSING.has(name ?? '') || PASSING.has(code ?? '')) {
    return new TransientError('store-unavailable', `DynamoDB did not answer the ${operation}: ${name ?? code}.`, {
      cause: error,
    });
  }
  return new TerminalError('store-refused', `DynamoDB refused the ${operation}: ${name}: ${message}`, { cause: error });
}
