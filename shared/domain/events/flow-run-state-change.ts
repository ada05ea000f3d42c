import type { FlowRun } from '../flow-run.ts';
import type { State, StateType } from '../states.ts';
import type { FlowRunSurroundings } from './flow-run-events.ts';

/**
 * What the bus says of a flow run's state change: the `detail` of an EventBridge event (docs/eventbridge.md). Times are
 * RFC 3339 in UTC. Keys are only ever added; parameters and results are never in it.
 */
export interface FlowRunStateChange {
  readonly flow_run: {
    readonly id: string;
    readonly name: string;
    readonly tags: readonly string[];
    readonly run_count: number;
    readonly auto_scheduled: boolean;
    readonly expected_start_time: string | null;
    readonly start_time: string | null;
    readonly end_time: string | null;
  };
  readonly state: NamedState & { readonly id: string; readonly message: string | null; readonly timestamp: string };
  readonly previous_state: NamedState | null;
  readonly flow: Named | null;
  readonly deployment: Named | null;
  readonly work_pool: (Named & { readonly type: string }) | null;
  readonly work_queue: Named | null;
}

interface Named {
  readonly id: string;
  readonly name: string;
}
interface NamedState {
  readonly type: StateType;
  readonly name: string;
}

/** An EventBridge entry ends at 256 KB; a message says what it has to in the first part. */
const MESSAGE_LENGTH = 10_000;

export function flowRunStateChange(
  input: FlowRunSurroundings & { readonly run: FlowRun; readonly initial: State | null; readonly state: State },
): FlowRunStateChange {
  const { run, state, initial, flow, deployment, pool, queue } = input;
  const { id, name, tags, run_count, auto_scheduled, expected_start_time, start_time, end_time } = run;
  return {
    flow_run: { id, name, tags, run_count, auto_scheduled, expected_start_time, start_time, end_time },
    state: {
      id: state.id,
      type: state.type,
      name: state.name,
      message: state.message?.slice(0, MESSAGE_LENGTH) ?? null,
      timestamp: state.timestamp,
    },
    previous_state: initial && { type: initial.type, name: initial.name },
    flow: named(flow),
    deployment: named(deployment),
    work_pool: pool && { id: pool.id, name: pool.name, type: pool.type },
    work_queue: named(queue),
  };
}

const named = (one: Named | null): Named | null => one && { id: one.id, name: one.name };
