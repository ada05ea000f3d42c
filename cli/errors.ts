import { EXIT } from './exit-codes.ts';

/** The command was written wrongly: say how, and how it is done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was right and could not be carried out; the message says what to do. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: number;

  constructor(message: string, options: { readonly exitCode?: number; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? EXIT.failed;
  }
}

/** Ctrl-C, or a question that was answered with it. The message says what has and has not happened. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
