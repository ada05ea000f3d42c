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
