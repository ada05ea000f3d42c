import type { CronSchedule } from '../../../shared/domain/schedules/schedule.ts';

/**
 * EventBridge Scheduler's six fields for five of plain lists: Sunday is 1, one of the two kinds of day must be `?`, and a year
 * follows (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html).
 */
export function awsCron({ cron }: CronSchedule): string {
  const [minutes, hours, days, months, weekdays] = cron.split(' ');
  if (weekdays === '*' || weekdays === undefined) return `cron(${minutes} ${hours} ${days} ${months} ? *)`;
  const counted = weekdays.split(',').map((weekday) => Number(weekday) + 1);
  return `cron(${minutes} ${hours} ? ${months} ${counted.join(',')} *)`;
}
