import { countBody } from '../../shared/api/schemas/filters.ts';
import {
  flowCreate,
  flowFilterBody,
  flowPaginateBody,
  flowsDeleteBody,
  flowUpdate,
} from '../../shared/api/schemas/flows.ts';
import { countFlows, filterFlows, paginateFlows } from '../../shared/operations/flows/flow-lists.ts';
import {
  createFlow,
  deleteFlow,
  deleteFlows,
  readFlow,
  readFlowByName,
  updateFlow,
} from '../../shared/operations/flows/flows.ts';
import { createdOrExisting, EDIT, EDIT_OR_RUN, noContent, ok, type Route, route, VIEW } from './route.ts';

export const flowRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/flows/',
    summary: 'Create Flow',
    access: EDIT_OR_RUN,
    body: flowCreate,
    handle: async ({ app, body }) => createdOrExisting(await createFlow(app, body)),
  }),
  route({
    method: 'POST',
    path: '/flows/filter',
    summary: 'Read Flows',
    access: VIEW,
    body: flowFilterBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await filterFlows(app, body)),
  }),
  route({
    method: 'POST',
    path: '/flows/paginate',
    summary: 'Paginate Flows',
    access: VIEW,
    body: flowPaginateBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await paginateFlows(app, body)),
  }),
  route({
    method: 'POST',
    path: '/flows/count',
    summary: 'Count Flows',
    access: VIEW,
    body: countBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await countFlows(app, body)),
  }),
  route({
    method: 'POST',
    path: '/flows/bulk_delete',
    summary: 'Bulk Delete Flows',
    access: EDIT,
    body: flowsDeleteBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await deleteFlows(app, body)),
  }),
  route({
    method: 'GET',
    path: '/flows/name/{name}',
    summary: 'Read Flow By Name',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readFlowByName(app, params['name']!)),
  }),
  route({
    method: 'GET',
    path: '/flows/{id}',
    summary: 'Read Flow',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readFlow(app, params['id']!)),
  }),
  route({
    method: 'PATCH',
    path: '/flows/{id}',
    summary: 'Update Flow',
    access: EDIT,
    body: flowUpdate,
    handle: async ({ app, params, body }) => {
      await updateFlow(app, params['id']!, body);
      return noContent();
    },
  }),
  route({
    method: 'DELETE',
    path: '/flows/{id}',
    summary: 'Delete Flow',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteFlow(app, params['id']!);
      return noContent();
    },
  }),
];
