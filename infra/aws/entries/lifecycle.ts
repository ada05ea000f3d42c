import type { EventBridgeEvent } from 'aws-lambda';
import { createLifecycleHandler } from '../../../functions/lifecycle/handler.ts';
import {
  createExecutionEndedHandler,
  type ExecutionStatus,
  readExecutionEnded,
} from '../../../functions/triggers/execution-ended.ts';
import type { StepEvent } from '../../../shared/lifecycle/ending/messages.ts';
import { awsApp } from '../runtime/app.ts';

const app = await awsApp();
const step = createLifecycleHandler(app);
const executionEnded = createExecutionEndedHandler(app);

/** Step Functions calls with a step, EventBridge when an execution did not come to its last one. */
export const handler = async (event: StepEvent | EventBridgeEvent<string, ExecutionStatus>) => {
  if ('step' in event) return step(event);
  const ended = readExecutionEnded(event);
  if (ended) await executionEnded(ended);
  return null;
};
