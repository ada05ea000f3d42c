import { queueConcurrencyBody } from '../../shared/api/schemas/work-pools.ts';
import {
  queueRunsBody,
  workQueueCreate,
  workQueuesFilterBody,
  workQueueUpdate,
} from '../../shared/api/schemas/work-queues.ts';
import {
  createAgentQueue,
  deleteWorkQueue,
  readAgentQueue,
  readQueueConcurrency,
  readWorkQueue,
  readWorkQueueRuns,
  readWorkQueueStatus,
  updateWorkQueue,
} from '../../shared/operations/work-pools/agent-queues.ts';
import {
  createWorkQueue,
  deleteQueueOfPool,
  filterQueuesOfPool,
  filterWorkQueues,
  readWorkQueueOfPool,
  updateQueueOfPool,
} from '../../shared/operations/work-pools/work-queues.ts';
import { created, EDIT, noContent, OPERATE_VIEW, ok, type Route, route, VIEW } from './route.ts';

/** Queues below their pool, by name. */
const queuesOfPools: Route[] = [
  route({
    method: 'POST',
    path: '/work_pools/{work_pool_name}/queues',
    summary: 'Create Work Queue',
    access: EDIT,
    body: workQueueCreate,
    handle: async ({ app, params, body }) => created(await createWorkQueue(app, params['work_pool_name']!, body)),
  }),
  route({
    method: 'POST',
    path: '/work_pools/{work_pool_name}/queues/filter',
    summary: 'Read Work Queues',
    access: VIEW,
    body: workQueuesFilterBody,
    bodyOptional: true,
    handle: async ({ app, params, body }) => ok(await filterQueuesOfPool(app, params['work_pool_name']!, body)),
  }),
  route({
    method: 'GET',
    path: '/work_pools/{work_pool_name}/queues/{name}',
    summary: 'Read Work Queue',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readWorkQueueOfPool(app, params['work_pool_name']!, params['name']!)),
  }),
  route({
    method: 'PATCH',
    path: '/work_pools/{work_pool_name}/queues/{name}',
    summary: 'Update Work Queue',
    access: EDIT,
    body: workQueueUpdate,
    handle: async ({ app, params, body }) => {
      await updateQueueOfPool(app, params['work_pool_name']!, params['name']!, body);
      return noContent();
    },
  }),
  route({
    method: 'DELETE',
    path: '/work_pools/{work_pool_name}/queues/{name}',
    summary: 'Delete Work Queue',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteQueueOfPool(app, params['work_pool_name']!, params['name']!);
      return noContent();
    },
  }),
];

/** Queues of all pools, by id. */
const queuesById: Route[] = [
  route({
    method: 'POST',
    path: '/work_queues/',
    summary: 'Create Work Queue',
    access: EDIT,
    body: workQueueCreate,
    handle: async ({ app, body }) => created(await createAgentQueue(app, body)),
  }),
  route({
    method: 'POST',
    path: '/work_queues/filter',
    summary: 'Read Work Queues',
    access: VIEW,
    body: workQueuesFilterBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await filterWorkQueues(app, body)),
  }),
  route({
    method: 'GET',
    path: '/work_queues/name/{name}',
    summary: 'Read Work Queue By Name',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readAgentQueue(app, params['name']!)),
  }),
  route({
    method: 'GET',
    path: '/work_queues/{id}',
    summary: 'Read Work Queue',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readWorkQueue(app, params['id']!)),
  }),
  route({
    method: 'PATCH',
    path: '/work_queues/{id}',
    summary: 'Update Work Queue',
    access: EDIT,
    body: workQueueUpdate,
    handle: async ({ app, params, body }) => {
      await updateWorkQueue(app, params['id']!, body);
      return noContent();
    },
  }),
  route({
    method: 'DELETE',
    path: '/work_queues/{id}',
    summary: 'Delete Work Queue',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteWorkQueue(app, params['id']!);
      return noContent();
    },
  }),
  route({
    method: 'GET',
    path: '/work_queues/{id}/status',
    summary: 'Read Work Queue Status',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readWorkQueueStatus(app, params['id']!)),
  }),
  route({
    method: 'POST',
    path: '/work_queues/{id}/get_runs',
    summary: 'Read Work Queue Runs',
    access: EDIT,
    body: queueRunsBody,
    bodyOptional: true,
    handle: async ({ app, params, body, headers }) =>
      ok(await readWorkQueueRuns(app, params['id']!, body, headers['x-prefect-ui'] !== 'true')),
  }),
  route({
    method: 'POST',
    path: '/work_queues/{id}/concurrency_status',
    summary: 'Read Work Queue Concurrency Status',
    access: OPERATE_VIEW,
    body: queueConcurrencyBody,
    bodyOptional: true,
    handle: async ({ app, params, body }) => ok(await readQueueConcurrency(app, params['id']!, body)),
  }),
];

export const workQueueRoutes: Route[] = [...queuesOfPools, ...queuesById];
