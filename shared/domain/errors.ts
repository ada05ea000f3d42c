/**
 * Every error the program throws on purpose belongs to one of four families, and the family decides what happens next.
 * Domain and store know no HTTP status; `functions/api/error-responses.ts` is the one place that maps families to answers.
 */

export interface PushpoolErrorOptions {
  /** Data for logs and answers; never secrets. */
  readonly details?: Record<string, unknown>;
  readonly cause?: unknown;
}

/**
 * Base of all deliberate errors: a stable `code`, a sentence for people, data, and the cause. Each class states its `name`
 * as text: Step Functions retries and catches by it, and bundling shortens class names.
 */
export abstract class PushpoolError extends Error {
  readonly code: string;
  readonly details: Record<string, unknown>;

  constructor(code: string, message: string, options: PushpoolErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** What the caller can do about a refused request; each becomes one HTTP status. */
export type ClientErrorKind =
  | 'malformed' // 400: understood, but cannot be carried out as asked
  | 'unauthenticated' // 401
  | 'forbidden' // 403
  | 'not-found' // 404
  | 'conflict' // 409: the state of the resource forbids it
  | 'gone' // 410: it was there and has ended
  | 'too-large' // 413
  | 'invalid' // 422: a field is wrong
  | 'locked' // 423: no slot is free
  | 'too-many'; // 429: ask again later

/** The caller must change something before asking again. */
export class ClientError extends PushpoolError {
  override readonly name = 'ClientError';
  readonly kind: ClientErrorKind;

  constructor(kind: ClientErrorKind, message: string, options: PushpoolErrorOptions = {}) {
    super(kind, message, options);
    this.kind = kind;
  }
}

/** 404 with Prefect's `{"detail": …}`. */
export const notFound = (message: string): ClientError => new ClientError('not-found', message);

/** Somebody was first: read again and decide anew. Callers that retry do so on this family alone. */
export class ConflictError extends PushpoolError {
  override readonly name = 'ConflictError';
}

/** A passing fault: the same request may succeed after `retryAfterSeconds`. */
export class TransientError extends PushpoolError {
  override readonly name = 'TransientError';
  readonly retryAfterSeconds: number;

  constructor(code: string, message: string, options: PushpoolErrorOptions & { retryAfterSeconds?: number } = {}) {
    super(code, message, options);
    this.retryAfterSeconds = options.retryAfterSeconds ?? 1;
  }
}

/** Give up and say why: repeating cannot help. */
export class TerminalError extends PushpoolError {
  override readonly name = 'TerminalError';
}
