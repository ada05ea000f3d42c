import { setTimeout as sleep } from 'node:timers/promises';
import { TargetError } from './target-error.ts';

/** Before each further try of a read. */
export const READ_RETRY_SECONDS: readonly number[] = [1, 2, 4];
const LONGEST_SECONDS = 10;
const PASSING = new Set(['throttled', 'transient', 'unknown-outcome']);

/**
 * A read of a cloud, tried again when the fault may pass: reads change nothing, so how they failed does not matter. `errorOf`
 * turns what was thrown into a `TargetError`, which is what this throws in the end.
 */
export async function retryReads<T>(
  read: () => Promise<T>,
  errorOf: (thrown: unknown) => TargetError,
  waitSeconds: readonly number[] = READ_RETRY_SECONDS,
): Promise<T> {
  for (const seconds of [...waitSeconds, null]) {
    try {
      return await read();
    } catch (thrown) {
      const error = thrown instanceof TargetError ? thrown : errorOf(thrown);
      if (seconds === null || !PASSING.has(error.kind)) throw error;
      if ((error.retryAfterSeconds ?? 0) > LONGEST_SECONDS) throw error;
      const jitter = 0.75 + Math.random() / 2;
      await sleep(Math.max(seconds * jitter, error.retryAfterSeconds ?? 0) * 1000);
    }
  }
  throw new Error('unreachable');
}
