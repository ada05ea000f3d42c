import type { DeploymentSchedule } from '../../../../shared/domain/deployment.ts';

/** `0 5 * * * (Europe/Berlin)`, `every 600s`, or the rule itself. */
export function scheduleText({ schedule, active }: Pick<DeploymentSchedule, 'schedule' | 'active'>): string {
  const rule =
    'cron' in schedule ? schedule.cron : 'rrule' in schedule ? ruleOf(schedule.rrule) : `every ${schedule.interval}s`;
  const zone = schedule.timezone && schedule.timezone !== 'UTC' ? ` (${schedule.timezone})` : '';
  return `${rule}${zone}${active ? '' : ' [paused]'}`;
}

/** The rule alone: where it is counted from stands on a line of its own. */
const ruleOf = (text: string) =>
  text
    .replace(/^DTSTART[^\n]*\n/, '')
    .replace(/^RRULE:/, '')
    .replaceAll('\n', ' ');
