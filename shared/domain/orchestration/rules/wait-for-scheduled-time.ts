import { secondsBetween } from '../../utc.ts';
import type { SharedRule } from '../transition.ts';

/** SCHEDULED, PENDING → RUNNING: a run that is not due is told how many seconds to wait, rounded to the nearest. */
export const waitForScheduledTime: SharedRule = ({ initial, now }) => {
  const due = initial?.state_details.scheduled_time;
  if (!due) return undefined;
  const exact = secondsBetween(now, due);
  const whole = Math.floor(exact);
  const delaySeconds = exact - whole > 0.5 ? whole + 1 : whole;
  if (delaySeconds <= 0) return undefined;
  return { refusal: { status: 'WAIT', delaySeconds, reason: 'Scheduled time is in the future' } };
};
