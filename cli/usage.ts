/** The command line was written wrongly: say how, and how it is done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
