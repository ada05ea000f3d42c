import { flowRunInputCreate, flowRunInputFilter } from '../../shared/api/schemas/flow-run-inputs.ts';
import {
  createFlowRunInput,
  deleteFlowRunInput,
  filterFlowRunInputs,
  readFlowRunInput,
} from '../../shared/operations/flow-runs/flow-run-inputs.ts';
import { created, EDIT_OR_OWN_RUN, noContent, ok, type Route, route } from './route.ts';

export const flowRunInputRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/flow_runs/{id}/input',
    summary: 'Create Flow Run Input',
    access: EDIT_OR_OWN_RUN,
    body: flowRunInputCreate,
    bodyInParts: true,
    handle: async ({ app, params, body }) => {
      await createFlowRunInput(app, params['id']!, body);
      return created(null);
    },
  }),
  route({
    method: 'POST',
    path: '/flow_runs/{id}/input/filter',
    summary: 'Filter Flow Run Input',
    access: { role: 'viewer', run: 'own-run' },
    body: flowRunInputFilter,
    bodyInParts: true,
    handle: async ({ app, params, body }) => ok(await filterFlowRunInputs(app, params['id']!, body)),
  }),
  route({
    method: 'GET',
    path: '/flow_runs/{id}/input/{key}',
    summary: 'Read Flow Run Input',
    access: { role: 'viewer', run: 'own-run' },
    handle: async ({ app, params }) => ({
      status: 200,
      body: (await readFlowRunInput(app, params['id']!, params['key']!)).value,
      contentType: 'text/plain; charset=utf-8',
    }),
  }),
  route({
    method: 'DELETE',
    path: '/flow_runs/{id}/input/{key}',
    summary: 'Delete Flow Run Input',
    access: EDIT_OR_OWN_RUN,
    handle: async ({ app, params }) => {
      await deleteFlowRunInput(app, params['id']!, params['key']!);
      return noContent();
    },
  }),
];
