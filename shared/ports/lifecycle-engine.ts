/** What runs the state machine of a flow run: Step Functions in AWS, an interpreter of the same definition locally. */
export interface LifecycleEngine {
  /**
   * Starts an execution. `already-exists` when the name was used before, whatever became of it (then `describe` decides).
   * May be called twice. Throws `TransientError` when throttled.
   */
  start(name: string, input: ExecutionStart): Promise<'started' | 'already-exists'>;
  describe(name: string): Promise<'running' | 'closed' | 'unknown'>;
  /** What Step Functions bills an execution for so far: its start, every state entered, every retry. Null for one that is not known (any more). */
  transitions(name: string): Promise<number | null>;
  /** Answers a task token. `gone` (answered, timed out or unknown) counts as delivered. */
  signal(token: string, output: Record<string, unknown>): Promise<'delivered' | 'gone'>;
}

/** What an execution and each of its steps work for: ids, and the version of this contract (rule 29). */
export interface ExecutionInput {
  readonly contract: 1;
  readonly flow_run_id: string;
  readonly attempt: number;
  readonly generation: number;
}

/** All that an execution carries: the ids, and the time for which it waits before its first step. RFC 3339, UTC. */
export interface ExecutionStart extends ExecutionInput {
  readonly until: string;
}

/** Rule 4: the name says which attempt and generation an execution works for. */
export function executionName(input: ExecutionInput): string {
  return `${input.flow_run_id}-${input.attempt}-${input.generation}`;
}
