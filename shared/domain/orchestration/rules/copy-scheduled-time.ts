import type { SharedRule } from '../transition.ts';
import { withDetails } from '../transition.ts';

/** SCHEDULED → PENDING: the Pending state remembers when the run is due, unless it brings a time of its own. */
export const copyScheduledTime: SharedRule = ({ initial, proposed }) => {
  const due = initial?.state_details.scheduled_time;
  if (!due || proposed.state_details.scheduled_time) return undefined;
  return { proposed: withDetails(proposed, { scheduled_time: due }) };
};
