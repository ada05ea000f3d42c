import type { Context } from 'aws-lambda';
import type { App } from '../../shared/operations/app.ts';
import { runDeployment } from '../../shared/operations/deployments/run-deployment.ts';

/**
 * Called by rules and schedules of a team's own (docs/eventbridge.md): with an EventBridge event that carries the input as its
 * detail, or with the input itself. Lambda calls again after an error, under the same request id, and keeps what failed.
 */
export function createRunDeploymentHandler(app: App) {
  return async (event: unknown, context: Pick<Context, 'awsRequestId'>) => {
    const whole = (event ?? {}) as { id?: unknown; detail?: unknown; 'detail-type'?: unknown };
    const enveloped = typeof whole['detail-type'] === 'string' && typeof whole.id === 'string';
    return enveloped
      ? runDeployment(app, whole.detail, whole.id as string)
      : runDeployment(app, event, context.awsRequestId);
  };
}
