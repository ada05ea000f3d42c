import type { FlowRun } from '../../flow-run.ts';
import { isTerminal } from '../../states.ts';
import type { FlowRunRule } from '../flow-run-facts.ts';
import { withPolicy } from '../transition.ts';

const resuming = (run: FlowRun): FlowRun => withPolicy(run, { resuming: true });

/** PAUSED → any: a paused run goes on, is scheduled, cancelled or ended, within its time; its next RUNNING is no new run. */
export const handleResumingPausedFlows: FlowRunRule = ({ run, initial, proposed, now, newState }) => {
  if (!initial) return undefined;
  const { type, name } = proposed;
  if (type !== 'RUNNING' && type !== 'SCHEDULED' && type !== 'CANCELLING' && !isTerminal(type)) {
    const reason = `This run cannot transition to the StateType.${type} state from the StateType.${initial.type} state.`;
    return { refusal: { status: 'REJECT', reason, state: null } };
  }
  const what = name.toLowerCase();
  const { pause_reschedule, pause_timeout } = initial.state_details;
  if (pause_reschedule && !run.deployment_id) {
    const reason = `Cannot reschedule a ${what} flow run without a deployment.`;
    return { refusal: { status: 'REJECT', reason, state: null } };
  }
  // A blocking pause has a live process, which must hear of a cancellation at any time.
  if (type !== 'CANCELLING' && pause_timeout && pause_timeout < now) {
    const verb = name === 'Suspended' ? 'suspend' : 'pause';
    return {
      refusal: {
        status: 'REJECT',
        reason: `The flow run ${verb} has timed out and can no longer resume.`,
        state: newState({ type: 'FAILED', message: `The flow was ${what} and never resumed.` }),
      },
      after: resuming,
    };
  }
  return { after: resuming };
};
