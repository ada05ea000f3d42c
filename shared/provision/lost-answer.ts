/**
 * What was asked for may have been made, or not: the cloud's answer did not come. Nobody repeats such a call blindly; what it makes is
 * looked for first.
 */
export class LostAnswer extends Error {
  /** No `cause`: a client that looks through causes for one to repeat finds none. */
  constructor(error: Error) {
    super(`the cloud did not say whether it was made (${error.name}: ${error.message})`);
    this.name = 'LostAnswer';
  }
}
