/** The three kinds of schedule, told apart by their keys, as Prefect's API has them (prefect-api 5.3). */
export type Schedule = CronSchedule | IntervalSchedule | RRuleSchedule;

/** croniter's dialect; times are computed on the local clock of `timezone`. */
export interface CronSchedule {
  cron: string;
  /** An IANA name; null means UTC. */
  timezone: string | null;
  /** false: day of month and day of week must both match. */
  day_or: boolean;
}

export interface IntervalSchedule {
  /** Seconds, above zero. */
  interval: number;
  /** A UTC timestamp; runs are at anchor + n × interval. */
  anchor_date: string;
  timezone: string | null;
}

/** An RFC 5545 recurrence as dateutil's `rrulestr` reads it. */
export interface RRuleSchedule {
  rrule: string;
  timezone: string | null;
}

/**
 * Which version of a schedule counts (rule 15). It is raised by every change that shapes runs: of the schedule, of the
 * deployment's parameters, tags or place, of pausing. Runs carry the version that made them.
 */
export interface ScheduleVersion {
  readonly version: number;
  /** The instant of the change: this version makes the runs due from here on, the ones before made those due before. */
  readonly since: string;
  /** What shapes its runs, hashed. */
  readonly fingerprint: string;
  /** It makes runs: active, and its deployment not paused. */
  readonly live: boolean;
  /** Versions before it that were live without a break, the newest first; their runs due before `until` still stand. */
  readonly earlier: readonly { readonly version: number; readonly until: string }[];
  /** The schedule is gone; kept until what it made is gone too. */
  readonly removed?: true;
}

/** Which schedule made a run, under which version. */
export interface ScheduledBy {
  readonly id: string;
  readonly version: number;
  /** Its start is seen to: an execution waits for it, or the timer that calls it late. */
  readonly armed: boolean;
}
