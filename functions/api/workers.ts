import { workerHeartbeat, workersFilterBody } from '../../shared/api/schemas/workers.ts';
import { deleteWorker, filterWorkers, recordHeartbeat } from '../../shared/operations/work-pools/workers.ts';
import { EDIT, noContent, ok, type Route, route, VIEW } from './route.ts';

export const workerRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/work_pools/{work_pool_name}/workers/heartbeat',
    summary: 'Worker Heartbeat',
    access: EDIT,
    body: workerHeartbeat,
    bodyInParts: true,
    handle: async ({ app, params, body }) => {
      await recordHeartbeat(app, params['work_pool_name']!, body);
      return noContent();
    },
  }),
  route({
    method: 'POST',
    path: '/work_pools/{work_pool_name}/workers/filter',
    summary: 'Read Workers',
    access: VIEW,
    body: workersFilterBody,
    bodyOptional: true,
    handle: async ({ app, params, body }) => ok(await filterWorkers(app, params['work_pool_name']!, body)),
  }),
  route({
    method: 'DELETE',
    path: '/work_pools/{work_pool_name}/workers/{name}',
    summary: 'Delete Worker',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteWorker(app, params['work_pool_name']!, params['name']!);
      return noContent();
    },
  }),
];
