import { AwsFault } from './aws-fault.ts';

/** Requests of one operation that AWS takes at once, and how fast it takes more. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** AWS's token buckets, one an operation, by the fake's clock. */
export class RateLimits {
  /** Requests that were refused so far. */
  refused = 0;
  readonly #rates: Readonly<Record<string, Rate>>;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  readonly #now: () => Date;

  constructor(rates: Readonly<Record<string, Rate>>, now: () => Date) {
    this.#rates = rates;
    this.#now = now;
  }

  /** Throws `ThrottlingException` when the bucket of the operation is empty. */
  take(operation: string): void {
    const rate = this.#rates[operation];
    if (!rate) return;
    const now = this.#now().getTime() / 1000;
    const { tokens, at } = this.#buckets.get(operation) ?? { tokens: rate.burst, at: now };
    const filled = Math.min(rate.burst, tokens + (now - at) * rate.perSecond);
    this.#buckets.set(operation, { tokens: filled >= 1 ? filled - 1 : filled, at: now });
    if (filled >= 1) return;
    this.refused++;
    throw new AwsFault('ThrottlingException', 'Rate exceeded');
  }
}
