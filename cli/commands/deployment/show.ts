import { details } from '../../output/table.ts';
import type { FoundDeployment } from './find.ts';
import { scheduleText } from './schedule/text.ts';

/** A deployment for people. */
export function showDeployment({ deployment, fullName }: FoundDeployment): Promise<string> {
  const filled = (value: object | null) => (value && Object.keys(value).length > 0 ? value : null);
  return details({
    Deployment: fullName,
    Status: deployment.paused ? 'paused' : deployment.status === 'READY' ? 'ready' : 'not ready',
    Description: deployment.description,
    'Work pool': deployment.work_pool_name,
    'Work queue': deployment.work_queue_name,
    Entrypoint: deployment.entrypoint,
    Parameters: filled(deployment.parameters),
    'Job variables': filled(deployment.job_variables),
    'Pull steps': filled(deployment.pull_steps),
    Schedules: deployment.schedules.map(scheduleText).join('; '),
    'Concurrency limit': (deployment.global_concurrency_limit?.['limit'] as number | undefined)?.toString(),
    Tags: filled(deployment.tags),
    Version: deployment.version,
    Id: deployment.id,
  });
}
