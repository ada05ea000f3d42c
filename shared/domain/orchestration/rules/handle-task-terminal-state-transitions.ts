import { isTerminal } from '../../states.ts';
import type { TaskRunRule } from '../task-run-facts.ts';
import { hasPersistedResult } from '../transition.ts';

/**
 * terminal → any: a task run that is over is not cancelled, paused or crashed, and keeps a persisted result. One that starts
 * anew has all its retries; when its flow run is being retried its RUNNING is named Retrying.
 */
export const handleTaskTerminalStateTransitions: TaskRunRule = ({ run, initial, proposed, facts }) => {
  if (!initial) return undefined;
  if (proposed.type === 'CANCELLING' || proposed.type === 'PAUSED' || proposed.type === 'CRASHED') {
    return { refusal: { status: 'ABORT', reason: `Run is already ${initial.type}.` } };
  }
  if (initial.type === 'COMPLETED' && hasPersistedResult(initial.data)) {
    return { refusal: { status: 'REJECT', reason: 'This run is already completed.', state: null } };
  }
  if (isTerminal(proposed.type)) return undefined;
  const flowIsRetried = facts.flowRun !== null && run.flow_run_run_count < facts.flowRun.runCount;
  return {
    run: { ...run, run_count: 0 },
    ...(proposed.type === 'RUNNING' && flowIsRetried && { proposed: { ...proposed, name: 'Retrying' } }),
  };
};
