import { TerminalError } from '../domain/errors.ts';
import type { Target } from './target.ts';

/** Stands where the adapter of a cloud will be: every run that is pushed there fails at once, with a sentence that says why. */
export function targetNotYetAvailable(cloud: string): Target {
  const refuse = async (): Promise<never> => {
    throw new TerminalError(
      'target-not-available',
      `Pushing runs to ${cloud} is not yet available in this version of pushpool. Use a work pool that a worker polls.`,
    );
  };
  return { submit: refuse, find: refuse, describe: refuse, list: refuse, stop: refuse, cleanUp: refuse, logs: refuse };
}
