import type { Difference } from './normalise.ts';

export interface AllowedDifference {
  /** The call, as a pattern on `METHOD /path`. */
  readonly call: RegExp;
  /** The place in the answer, as a pattern on `status` or `body/…`. */
  readonly pointer: RegExp;
  readonly reason: string;
}

/** Where pushpool answers otherwise than Prefect on purpose. Only shrinks; an entry that nothing needs fails the test. */
export const ALLOWED_DIFFERENCES: readonly AllowedDifference[] = [];

export function isAllowed(call: string, difference: Difference, used: Set<AllowedDifference>): boolean {
  const entry = ALLOWED_DIFFERENCES.find(
    (allowed) => allowed.call.test(call) && allowed.pointer.test(difference.pointer),
  );
  if (entry) used.add(entry);
  return entry !== undefined;
}
