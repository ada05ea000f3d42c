import { ClientError, type ClientErrorKind, ConflictError, TransientError } from '../../shared/domain/errors.ts';
import { valueProblem } from './problems.ts';
import type { Answer } from './route.ts';
import { InvalidRequest } from './validate.ts';

const STATUS: Record<ClientErrorKind, number> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  gone: 410,
  'too-large': 413,
  invalid: 422,
  locked: 423,
  'too-many': 429,
};

/**
 * The one map from errors to Prefect's answers, byte for byte where clients look (prefect-api 1.1). Passing faults and lost
 * races are 503 with `Retry-After`, which clients retry; 500 is a bug of ours and says nothing about the inside.
 */
export function errorAnswer(error: unknown): Answer {
  if (error instanceof InvalidRequest) {
    return {
      status: 422,
      body: {
        exception_message: 'Invalid request received.',
        exception_detail: error.problems,
        request_body: error.requestBody ?? null,
      },
    };
  }
  if (error instanceof ClientError) return clientErrorAnswer(error);
  if (error instanceof TransientError) return unavailable(error.retryAfterSeconds);
  if (error instanceof ConflictError) return unavailable(0.2);
  return { status: 500, body: { exception_message: 'Internal Server Error' } };
}

interface Details {
  readonly retryAfterSeconds?: number;
  readonly exception?: boolean;
  /** To be said like a body that is wrong as a whole, though only what is stored shows it. */
  readonly problem?: boolean;
}

/** Errors that Prefect's global handler answers carry `details.exception`; route errors say `detail`. */
function clientErrorAnswer(error: ClientError): Answer {
  const { retryAfterSeconds, exception, problem } = error.details as Details;
  if (problem) return errorAnswer(new InvalidRequest([valueProblem(error.message)], null));
  return {
    status: STATUS[error.kind],
    body:
      error.kind === 'unauthenticated' || exception ? { exception_message: error.message } : { detail: error.message },
    ...(retryAfterSeconds !== undefined && { headers: { 'retry-after': String(retryAfterSeconds) } }),
  };
}

function unavailable(retryAfterSeconds: number): Answer {
  return {
    status: 503,
    body: { exception_message: 'Service Unavailable' },
    headers: { 'retry-after': String(retryAfterSeconds) },
  };
}
