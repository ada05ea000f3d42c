/** What the last sweep of a pool found: containers without a live run, and runs that nobody worked for. */
export interface SweepReport {
  /** When it looked, RFC 3339. */
  readonly at: string;
  readonly findings: readonly SweepFinding[];
  /** Every container that ended before this is settled: the next sweep need not look at its run (decision 069). */
  readonly settled_before?: string | null;
}

export type SweepFinding = ContainerFinding | RunFinding | PlaceFinding;

/**
 * A container whose attempt is not the live one of its run (`stopped`), whose run is not known here (`unknown`), or that has ended
 * long ago and cannot be cleaned up (`left`).
 */
export interface ContainerFinding {
  readonly kind: 'stopped' | 'unknown' | 'left';
  readonly pid: string;
  readonly flow_run_id: string;
  readonly attempt: number;
  /** When it was found first. */
  readonly since: string;
  /** Null while it is still there. */
  readonly gone_at: string | null;
}

/** A run whose execution had ended before it: it was given a new one. */
export interface RunFinding {
  readonly kind: 'revived';
  readonly flow_run_id: string;
  readonly since: string;
}

/** A place in a cloud that did not answer. */
export interface PlaceFinding {
  readonly kind: 'not-looked';
  readonly place: string;
  readonly message: string;
  readonly since: string;
}
