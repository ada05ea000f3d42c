import type { SharedRule } from '../transition.ts';

/** any → RUNNING: a run that has run before is named Retrying after AwaitingRetry, else Rerunning. */
export const renameReruns: SharedRule = ({ run, initial, proposed }) => {
  if (!initial || run.run_count === 0) return undefined;
  return { proposed: { ...proposed, name: initial.name === 'AwaitingRetry' ? 'Retrying' : 'Rerunning' } };
};
