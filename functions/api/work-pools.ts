import {
  poolConcurrencyBody,
  workPoolCreate,
  workPoolsCountBody,
  workPoolsFilterBody,
  workPoolUpdate,
} from '../../shared/api/schemas/work-pools.ts';
import { scheduledRunsBody } from '../../shared/api/schemas/work-queues.ts';
import { poolForClient } from '../../shared/domain/work-pool.ts';
import {
  countWorkPools,
  createWorkPool,
  deleteWorkPool,
  filterWorkPools,
  readPoolConcurrency,
  readWorkPool,
  updateWorkPool,
} from '../../shared/operations/work-pools/work-pools.ts';
import { getScheduledFlowRuns } from '../../shared/operations/work-pools/worker-polls.ts';
import { clientVersion } from './client-version.ts';
import { created, EDIT, noContent, OPERATE_VIEW, ok, type Route, route, VIEW } from './route.ts';

export const workPoolRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/work_pools/',
    summary: 'Create Work Pool',
    access: EDIT,
    body: workPoolCreate,
    handle: async ({ app, body, headers }) =>
      created(poolForClient(await createWorkPool(app, body), clientVersion(headers))),
  }),
  route({
    method: 'POST',
    path: '/work_pools/filter',
    summary: 'Read Work Pools',
    access: VIEW,
    body: workPoolsFilterBody,
    bodyOptional: true,
    handle: async ({ app, body, headers }) =>
      ok((await filterWorkPools(app, body)).map((pool) => poolForClient(pool, clientVersion(headers)))),
  }),
  route({
    method: 'POST',
    path: '/work_pools/count',
    summary: 'Count Work Pools',
    access: VIEW,
    body: workPoolsCountBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await countWorkPools(app, body)),
  }),
  route({
    method: 'GET',
    path: '/work_pools/{name}',
    summary: 'Read Work Pool',
    access: VIEW,
    handle: async ({ app, params, headers }) =>
      ok(poolForClient(await readWorkPool(app, params['name']!), clientVersion(headers))),
  }),
  route({
    method: 'PATCH',
    path: '/work_pools/{name}',
    summary: 'Update Work Pool',
    access: EDIT,
    body: workPoolUpdate,
    handle: async ({ app, params, body }) => {
      await updateWorkPool(app, params['name']!, body);
      return noContent();
    },
  }),
  route({
    method: 'DELETE',
    path: '/work_pools/{name}',
    summary: 'Delete Work Pool',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteWorkPool(app, params['name']!);
      return noContent();
    },
  }),
  route({
    method: 'POST',
    path: '/work_pools/{name}/concurrency_status',
    summary: 'Read Work Pool Concurrency Status',
    access: OPERATE_VIEW,
    body: poolConcurrencyBody,
    bodyOptional: true,
    handle: async ({ app, params, body }) => ok(await readPoolConcurrency(app, params['name']!, body)),
  }),
  route({
    method: 'POST',
    path: '/work_pools/{name}/get_scheduled_flow_runs',
    summary: 'Get Scheduled Flow Runs',
    access: EDIT,
    body: scheduledRunsBody,
    bodyOptional: true,
    handle: async ({ app, params, body }) => ok(await getScheduledFlowRuns(app, params['name']!, body)),
  }),
];
