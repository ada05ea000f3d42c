import type { DeploymentSchedule } from '../../../../shared/domain/deployment.ts';

/** `0 5 * * * (Europe/Berlin)`, `every 600s`, or the rule itself. */
export function scheduleText({ schedule, active }: Pick<DeploymentSchedule, 'schedule' | 'active'>): string {
  const rule =
    'cron' in schedule ? schedule.cron : 'rrule' in schedule ? schedule.rrule : `every ${schedule.interval}s`;
  const zone = schedule.timezone && schedule.timezone !== 'UTC' ? ` (${schedule.timezone})` : '';
  return `${rule}${zone}${active ? '' : ' [paused]'}`;
}
