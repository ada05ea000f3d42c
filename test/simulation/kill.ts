import { AsyncLocalStorage } from 'node:async_hooks';

/** As Step Functions sees a function that died. */
export class Killed extends Error {
  override readonly name = 'Lambda.Unknown';
}

interface Invocation {
  dead: boolean;
  readonly reject: (error: Error) => void;
}

/** Where a function is killed: at its nth awaited call, counted over all invocations, before or after its effect. */
export interface Kill {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/**
 * Kills functions at their awaited calls. A killed invocation never goes on: what it awaits never answers, and what it has
 * under way beside has no effect any more.
 */
export class Killer {
  /** Every awaited call of functions so far, by name. */
  readonly calls: string[] = [];
  kill: Kill | null = null;
  readonly #here = new AsyncLocalStorage<Invocation>();

  /** Runs a function that can be killed. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#here.run({ dead: false, reject }, () => void work().then(resolve, reject));
    });
  }

  awaited = async <T>(label: string, work: () => Promise<T>): Promise<T> => {
    const invocation = this.#here.getStore();
    if (!invocation) return work();
    if (invocation.dead) return never();
    this.calls.push(label);
    const doomed = this.kill?.at === this.calls.length ? this.kill.when : null;
    if (doomed === 'before') return die(invocation, label);
    const [outcome] = await Promise.allSettled([work()]);
    if (invocation.dead) return never();
    if (doomed === 'after') return die(invocation, label);
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  };
}

function die<T>(invocation: Invocation, label: string): Promise<T> {
  invocation.dead = true;
  invocation.reject(new Killed(`Killed at ${label}.`));
  return never();
}

const never = <T>(): Promise<T> => new Promise<T>(() => {});
