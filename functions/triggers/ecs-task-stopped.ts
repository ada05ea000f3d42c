import type { EventBridgeEvent } from 'aws-lambda';
import type { ContainerEnded } from '../../shared/lifecycle/ending/container-ended.ts';
import { readStartedBy } from '../../shared/targets/ecs/names.ts';
import { type EcsTask, observeTask } from '../../shared/targets/ecs/task.ts';

/**
 * What `ECS Task State Change` with STOPPED says about a run's container, as one look at the task would; null for a task that is not
 * pushpool's. Events come late, twice and out of order: whoever reads it changes nothing but the attempt that it names, once.
 */
export function readTaskStopped(event: EventBridgeEvent<string, EcsTask>): ContainerEnded | null {
  const task = event.detail;
  const at = readStartedBy(task.startedBy);
  if (!at || task.lastStatus !== 'STOPPED') return null;
  return { flow_run_id: at.flowRunId, attempt: at.attempt, observation: observeTask(task, null) };
}
