import type { EventBridgeEvent } from 'aws-lambda';
import type { ContainerEnded } from '../../shared/lifecycle/container-ended.ts';

/** The part of ECS's task that tells how it ended; the same shape as `DescribeTasks` answers. */
export interface StoppedTask {
  readonly startedBy?: string;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  readonly containers?: readonly { readonly exitCode?: number; readonly reason?: string }[];
}

/** `startedBy` of the tasks that pushpool starts. */
const STARTED_BY = /^pp\/([0-9a-f-]{36})\/(\d+)$/;

/** What `ECS Task State Change` with STOPPED says about a run's container; null for a task that is not pushpool's. */
export function readTaskStopped(event: EventBridgeEvent<string, StoppedTask>): ContainerEnded | null {
  const task = event.detail;
  const [, flowRunId, attempt] = STARTED_BY.exec(task.startedBy ?? '') ?? [];
  if (!flowRunId || !attempt) return null;
  const container = task.containers?.[0];
  const exitCode = container?.exitCode;
  const reasons = [container?.reason, task.stoppedReason].filter((reason) => reason);
  const said = reasons.length > 0 ? `: ${reasons.join(' ')}` : '.';
  return {
    flow_run_id: flowRunId,
    attempt: Number(attempt),
    observation: {
      ...(exitCode === undefined ? { phase: 'stopped' as const } : exited(exitCode)),
      message: `ECS stopped the task${said}`,
    },
  };
}

const exited = (exitCode: number) =>
  ({ phase: exitCode === 0 ? 'succeeded' : 'failed', exitCode, cause: 'exit' }) as const;
