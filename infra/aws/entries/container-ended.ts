import type { EventBridgeEvent } from 'aws-lambda';
import { createContainerEndedHandler } from '../../../functions/triggers/container-ended.ts';
import { readTaskStopped } from '../../../functions/triggers/ecs-task-stopped.ts';
import type { EcsTask } from '../../../shared/targets/ecs/task.ts';
import { awsApp } from '../runtime/app.ts';

const app = await awsApp();
const containerEnded = createContainerEndedHandler(app, async (input) => {
  // The clean-up asks ECS, which is the target function's right alone; a timer calls it at once.
  const name = `clean-up-${input.flow_run_id}-${input.attempt}`;
  await app.timers.set(name, app.clock.now(), app.settings.targets['ecs:push']!, { step: 'clean-up', input });
});

export const handler = async (event: EventBridgeEvent<string, EcsTask>): Promise<void> => {
  const ended = readTaskStopped(event);
  if (ended) await containerEnded(ended);
};
