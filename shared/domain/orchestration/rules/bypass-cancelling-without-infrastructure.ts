import type { FlowRunRule } from '../flow-run-facts.ts';

/** SCHEDULED, PAUSED → CANCELLING: a run without a process to stop is Cancelled at once. */
export const bypassCancellingWithoutInfrastructure: FlowRunRule = ({ run, initial, newState }) => {
  if (!initial) return undefined;
  const neverSubmitted = initial.type === 'SCHEDULED' && !run.infrastructure_pid;
  if (neverSubmitted || initial.name === 'Resuming') return cancelled('Scheduled');
  return initial.type === 'PAUSED' && initial.state_details.pause_reschedule ? cancelled('Suspended') : undefined;

  function cancelled(what: string): ReturnType<FlowRunRule> {
    const reason = `${what} flow run has no infrastructure to terminate.`;
    return { refusal: { status: 'REJECT', reason, state: newState({ type: 'CANCELLED' }) } };
  }
};
