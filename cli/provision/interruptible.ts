import type { Context } from '../context.ts';
import { Interrupted } from '../errors.ts';

/**
 * Does work of many steps that Ctrl-C ends between two of them: the step under way is brought to its end, so that nothing is made
 * without being known. `work` throws when it sees the signal; then `Interrupted` says `left()`, what there is now.
 */
export async function interruptible<Result>(
  { signal, out }: Context,
  work: () => Promise<Result>,
  left: () => string,
): Promise<Result> {
  const say = () => out.note('Stopping after what is under way. Ctrl-C again ends at once.');
  signal.addEventListener('abort', say, { once: true });
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw new Interrupted(`Stopped. ${left()}`);
    throw error;
  } finally {
    signal.removeEventListener('abort', say);
  }
}
