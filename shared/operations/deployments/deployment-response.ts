import type { Deployment } from '../../domain/deployment.ts';
import { latestFirst } from '../../domain/schedules/deployment-schedules.ts';
import type { App } from '../app.ts';
import type { LimitResponse } from '../concurrency/concurrency-limits.ts';
import { deploymentLimit } from './deployment-concurrency.ts';

/** A deployment as the API answers it: what is stored, its limit, and its queue as it is now. */
export type DeploymentResponse = Omit<Deployment, 'work_pool_id' | 'global_concurrency_limit_id' | Internal> & {
  concurrency_limit: null;
  global_concurrency_limit: LimitResponse | null;
};

type Internal = 'schedule_versions' | 'schedules_unsettled';

export async function deploymentResponse(app: App, deployment: Deployment): Promise<DeploymentResponse> {
  const [response] = await deploymentResponses(app, [deployment]);
  return response!;
}

/** Many at once: the queues of all are read together. */
export async function deploymentResponses(app: App, deployments: readonly Deployment[]): Promise<DeploymentResponse[]> {
  const ids = new Set(deployments.flatMap(({ work_queue_id }) => (work_queue_id ? [work_queue_id] : [])));
  const queues = new Map((await app.store.workQueues.getMany([...ids])).map((queue) => [queue.id, queue]));
  return Promise.all(
    deployments.map(async (deployment) => {
      const { work_pool_id: _, global_concurrency_limit_id: __, ...known } = deployment;
      const { schedule_versions: ___, schedules_unsettled: ____, ...shown } = known;
      const queue = deployment.work_queue_id ? queues.get(deployment.work_queue_id) : undefined;
      return {
        ...shown,
        schedules: latestFirst(deployment.schedules),
        concurrency_limit: null,
        global_concurrency_limit: await deploymentLimit(app, deployment),
        work_queue_id: queue?.id ?? null,
        work_queue_name: queue?.name ?? deployment.work_queue_name,
        work_pool_name: queue?.work_pool_name ?? null,
      };
    }),
  );
}
