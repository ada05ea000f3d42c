import { TargetError, type TargetErrorKind } from '../target-error.ts';
import { type Doing, toTargetError } from './errors.ts';
import type { DigestOf } from './registry-digest.ts';

/** What every call of the target works with. */
export interface ModalContext {
  readonly digestOf: DigestOf;
  /** How long one submission may wait for an image that is being built; the build goes on without us. */
  readonly buildWaitSeconds: number;
  /** How long one request may take, the SDK's own retries included. */
  readonly requestTimeoutMs: number;
  readonly now: () => Date;
  /** Stands around every request that leaves, for tests that end the process there. */
  readonly awaited: <T>(label: string, work: () => Promise<T>) => Promise<T>;
}

export interface RequestOptions {
  readonly signal: AbortSignal;
}

/** One request, within its time; what fails is a `TargetError`. `label` is the method. */
export async function ask<T>(
  { awaited, requestTimeoutMs }: ModalContext,
  label: string,
  doing: Doing,
  request: (options: RequestOptions) => Promise<T>,
): Promise<T> {
  try {
    return await awaited(label, () => request({ signal: AbortSignal.timeout(requestTimeoutMs) }));
  } catch (error) {
    throw toTargetError(error, doing);
  }
}

/** The same where "not there" is an answer: null. */
export async function askFor<T>(
  context: ModalContext,
  label: string,
  doing: Doing,
  request: (options: RequestOptions) => Promise<T>,
): Promise<T | null> {
  try {
    return await ask(context, label, doing, request);
  } catch (error) {
    if (isKind(error, 'not-found')) return null;
    throw error;
  }
}

export const isKind = (error: unknown, kind: TargetErrorKind): boolean =>
  error instanceof TargetError && error.kind === kind;
