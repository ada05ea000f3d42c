import { hasEnded, type Listed } from '../../targets/target.ts';
import { CLOSED_SECONDS, isSettled } from './orphan.ts';

/** What one sweep finds of containers that have ended: up to when all of them need nobody, so that no later sweep asks for their runs. */
export class EndedContainers {
  /** What the sweep before had found. */
  readonly before: string | null;
  readonly #now: Date;
  #settledBefore: string;

  constructor(before: string | null, now: Date) {
    this.before = before;
    this.#now = now;
    // A cloud's list may be late, and a run that has just ended is not judged.
    this.#settledBefore = new Date(now.getTime() - CLOSED_SECONDS * 1000).toISOString();
  }

  get settledBefore(): string {
    return this.#settledBefore;
  }

  isSettled(one: Listed): boolean {
    return isSettled(one, this.before, this.#now);
  }

  /** Somebody still sees to it. */
  attended({ observation, endedAt }: Listed): void {
    if (hasEnded(observation) && endedAt && endedAt < this.#settledBefore) this.#settledBefore = endedAt;
  }
}
