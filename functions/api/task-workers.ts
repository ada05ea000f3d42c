import { taskWorkersFilterBody } from '../../shared/api/schemas/task-workers.ts';
import { listTaskWorkers } from '../../shared/operations/task-runs/task-workers.ts';
import { ok, type Route, route, VIEW } from './route.ts';

/** The workers of background tasks (`prefect task serve`); their tasks reach them by the socket alone. */
export const taskWorkerRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/task_workers/filter',
    summary: 'Read Task Workers',
    access: VIEW,
    body: taskWorkersFilterBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await listTaskWorkers(app, body?.task_worker_filter?.task_keys ?? [])),
  }),
];
