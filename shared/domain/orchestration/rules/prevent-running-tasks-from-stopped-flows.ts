import type { TaskRunRule } from '../task-run-facts.ts';

/** any → RUNNING: a task runs only while its flow runs; while the flow is paused it is not ready. */
export const preventRunningTasksFromStoppedFlows: TaskRunRule = ({ facts, newState }) => {
  const { flowRun } = facts;
  if (!flowRun || flowRun.stateType === 'RUNNING') return undefined;
  if (flowRun.stateType !== 'PAUSED') {
    const reason = 'The enclosing flow must be running to begin task execution.';
    return { refusal: { status: 'ABORT', reason } };
  }
  return {
    refusal: {
      status: 'REJECT',
      reason: `The flow is paused, new tasks can execute after resuming flow run: ${flowRun.id}.`,
      state: newState({
        type: 'PAUSED',
        name: 'NotReady',
        state_details: {
          pause_timeout: flowRun.pauseTimeout ?? null,
          pause_reschedule: flowRun.pauseReschedule ?? false,
        },
      }),
    },
  };
};
