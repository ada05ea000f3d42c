import type { FlowRunRule } from '../flow-run-facts.ts';
import { withPolicy } from '../transition.ts';

/** any → PAUSED: only a running flow pauses, once per pause key; only one with a deployment and no parent is suspended. */
export const handlePausingFlows: FlowRunRule = ({ run, initial, proposed, newId }) => {
  const verb = proposed.name === 'Suspended' ? 'suspend' : 'pause';
  if (!initial) return { refusal: { status: 'ABORT', reason: `Cannot ${verb} flows with no state.` } };
  if (initial.type !== 'RUNNING') {
    const reason = `Cannot ${verb} flows that are not currently running.`;
    return { refusal: { status: 'REJECT', reason, state: null } };
  }
  const { pause_key, pause_reschedule } = proposed.state_details;
  const key = pause_key ?? newId();
  if (run.empirical_policy.pause_keys.includes(key)) {
    return { refusal: { status: 'REJECT', reason: `This ${verb} has already fired.`, state: null } };
  }
  if (pause_reschedule && run.parent_task_run_id) {
    return { refusal: { status: 'ABORT', reason: `Cannot ${verb} subflows.` } };
  }
  if (pause_reschedule && !run.deployment_id) {
    return { refusal: { status: 'ABORT', reason: `Cannot ${verb} flows without a deployment.` } };
  }
  return { after: (made) => withPolicy(made, { pause_keys: [...made.empirical_policy.pause_keys, key] }) };
};
