import type { EventBridgeEvent } from 'aws-lambda';
import { type ExecutionEnded, executionEnded } from '../../shared/lifecycle/watching/execution-ended.ts';
import type { App } from '../../shared/operations/app.ts';
import { type ExecutionInput, executionName } from '../../shared/ports/lifecycle-engine.ts';

/** What Step Functions says of an execution whose status has changed. Milliseconds since 1970. */
export interface ExecutionStatus {
  readonly name: string;
  readonly status: string;
  /** JSON; absent when it is too long for an event. */
  readonly input?: string | null;
  readonly startDate: number;
  readonly stopDate: number | null;
}

const BADLY: ReadonlySet<string> = new Set<ExecutionEnded['status']>(['ABORTED', 'TIMED_OUT', 'FAILED']);

/** Called when an execution ended otherwise than by its last step. */
export function createExecutionEndedHandler(app: App) {
  return (ended: ExecutionEnded): Promise<void> => executionEnded(app, ended);
}

/** What `Step Functions Execution Status Change` says of a run's execution; null for one that pushpool did not start, or that ended well. */
export function readExecutionEnded({ detail }: EventBridgeEvent<string, ExecutionStatus>): ExecutionEnded | null {
  const { name, status, input: text, startDate, stopDate } = detail;
  if (!BADLY.has(status) || !text) return null;
  const input = JSON.parse(text) as ExecutionInput;
  if (name !== executionName(input)) return null;
  const seconds = ((stopDate ?? startDate) - startDate) / 1000;
  return { input, status: status as ExecutionEnded['status'], seconds };
}
