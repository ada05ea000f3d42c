// Placeholder until the real policy lands: overwrite this file.
import type { OrchestrationResult } from '../orchestration-result.ts';
import { isTerminal, makeState, type State, type StateProposal, type StateType } from '../states.ts';
import type { TaskRun } from '../task-run.ts';

export interface TaskRunFacts {
  /** The flow run it belongs to; null for a task run outside a flow. */
  flowRun: { state_type: StateType | null; run_count: number } | null;
}
export interface TaskRunTransition {
  result: OrchestrationResult;
  run: TaskRun;
  state: State | null;
}
export function orchestrateTaskRun(input: {
  run: TaskRun;
  proposed: StateProposal;
  force: boolean;
  facts: TaskRunFacts;
  now: Date;
  newId: () => string;
}): TaskRunTransition {
  const { run } = input;
  const at = input.now.toISOString().replace(/\.(\d{3})Z$/, '.$1000Z');
  const state = makeState(input.proposed, input.newId(), at);
  state.state_details = { ...state.state_details, task_run_id: run.id, flow_run_id: run.flow_run_id };
  const scheduled = state.type === 'SCHEDULED' ? state.state_details.scheduled_time : null;
  return {
    result: { state, status: 'ACCEPT', details: { type: 'accept_details' } },
    run: {
      ...run,
      state,
      state_id: state.id,
      state_type: state.type,
      state_name: state.name,
      state_timestamp: state.timestamp,
      run_count: run.run_count + (state.type === 'RUNNING' ? 1 : 0),
      start_time: run.start_time ?? (state.type === 'RUNNING' ? at : null),
      end_time: isTerminal(state.type) ? at : null,
      expected_start_time: run.expected_start_time ?? scheduled ?? at,
      next_scheduled_start_time: scheduled,
    },
    state,
  };
}
