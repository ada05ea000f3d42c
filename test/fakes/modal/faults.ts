import type { Method } from './wire.ts';

/** gRPC status codes that Modal answers with. */
export const CODES = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

/** An answer that is an error. */
export class StatusError extends Error {
  readonly code: number;
  /** Seconds of Modal's retry policy, which travels in the trailer. */
  readonly retryAfterSeconds: number | null;

  constructor(code: keyof typeof CODES, details: string, retryAfterSeconds: number | null = null) {
    super(details);
    this.code = CODES[code];
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** What a fault does: answers an error, cuts the connection, or never answers. */
export type Misbehaviour =
  | { readonly code: keyof typeof CODES; readonly details?: string; readonly retryAfterSeconds?: number }
  | 'reset'
  | 'hang';

/** One entry of the fault script (targets.md 5.3): at the `nth` call of a method from now, before or after its effect. */
export interface Fault {
  readonly on: Method;
  /** @default 1 */
  readonly nth?: number;
  readonly when: 'before' | 'after';
  readonly do: Misbehaviour;
  /** How many calls in a row. @default 1 */
  readonly times?: number;
}

/** The script and what is left of it. */
export class FaultScript {
  readonly #pending: { fault: Fault; callsUntil: number; left: number }[] = [];

  add(...faults: readonly Fault[]): void {
    for (const fault of faults) {
      this.#pending.push({ fault, callsUntil: (fault.nth ?? 1) - 1, left: fault.times ?? 1 });
    }
  }

  clear(): void {
    this.#pending.length = 0;
  }

  /** What this call does wrong; asked once a call. */
  next(method: Method): Fault | null {
    let met: Fault | null = null;
    for (const entry of this.#pending) {
      if (entry.fault.on !== method || entry.left === 0) continue;
      if (entry.callsUntil > 0) {
        entry.callsUntil--;
      } else if (met === null) {
        entry.left--;
        met = entry.fault;
      }
    }
    return met;
  }
}
