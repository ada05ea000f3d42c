import type { Command } from 'commander';
import type { ScheduleCreate } from '../../../../shared/api/client/deployments.ts';
import { UsageError } from '../../../errors.ts';

/** The kinds of schedule as options; each kind may be given once here. */
export interface ScheduleOptions {
  readonly cron?: string;
  readonly interval?: string;
  readonly anchorDate?: string;
  readonly rrule?: string;
  readonly timezone?: string;
}

export function addScheduleOptions(command: Command): Command {
  return command
    .option('--cron <expression>', 'such as "0 5 * * 1-5"')
    .option('--interval <seconds>', 'such as 3600')
    .option('--rrule <rule>', 'such as "FREQ=WEEKLY;BYDAY=MO"')
    .option('--anchor-date <time>', 'with --interval: a time that the intervals are counted from')
    .option('--timezone <name>', 'such as Europe/Berlin (default: UTC)');
}

/** The schedule that the options say. Throws `UsageError` when they say none or more than one. */
export function readSchedule(options: ScheduleOptions): ScheduleCreate['schedule'] {
  const { cron, interval, rrule, anchorDate, timezone = 'UTC' } = options;
  const kinds = [cron, interval, rrule].filter((kind) => kind !== undefined).length;
  if (kinds !== 1) throw new UsageError('Give one of --cron, --interval or --rrule.');
  if (anchorDate !== undefined && interval === undefined) throw new UsageError('--anchor-date goes with --interval.');
  if (cron !== undefined) return { cron, timezone };
  if (rrule !== undefined) return { rrule, timezone };
  const seconds = Number(interval);
  if (!Number.isFinite(seconds) || seconds <= 0) {
    throw new UsageError(`--interval takes a number of seconds above 0, not "${interval}".`);
  }
  return { interval: seconds, timezone, ...(anchorDate !== undefined && { anchor_date: anchorDate }) };
}
