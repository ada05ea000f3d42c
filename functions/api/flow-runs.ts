import {
  flowRunCountBody,
  flowRunCreate,
  flowRunFilterBody,
  flowRunLabels,
  flowRunPaginateBody,
  flowRunStatesQuery,
  flowRunUpdate,
  resumeBody,
} from '../../shared/api/schemas/flow-runs.ts';
import { setStateBody } from '../../shared/api/schemas/states.ts';
import { countFlowRuns, filterFlowRuns, paginateFlowRuns } from '../../shared/operations/flow-run-lists.ts';
import {
  createPlainFlowRun,
  deleteFlowRun,
  readFlowRun,
  readFlowRunStates,
  resumeFlowRun,
  setFlowRunState,
  updateFlowRun,
  updateFlowRunLabels,
} from '../../shared/operations/flow-runs.ts';
import { clientVersion } from './client-version.ts';
import {
  createdOrExisting,
  EDIT,
  EDIT_OR_OWN_RUN,
  EDIT_OR_RUN,
  noContent,
  ok,
  type Route,
  route,
  VIEW,
} from './route.ts';

/** 201 when the run has a new state, 200 when not. */
const orchestrated = ({ result, changed }: { result: unknown; changed: boolean }) => ({
  status: changed ? 201 : 200,
  body: result,
});

export const flowRunRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/flow_runs/',
    summary: 'Create Flow Run',
    access: EDIT_OR_RUN,
    body: flowRunCreate,
    handle: async ({ app, principal, body }) => createdOrExisting(await createPlainFlowRun(app, principal, body)),
  }),
  route({
    method: 'POST',
    path: '/flow_runs/filter',
    summary: 'Read Flow Runs',
    access: VIEW,
    body: flowRunFilterBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await filterFlowRuns(app, body)),
  }),
  route({
    method: 'POST',
    path: '/flow_runs/paginate',
    summary: 'Paginate Flow Runs',
    access: VIEW,
    body: flowRunPaginateBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await paginateFlowRuns(app, body)),
  }),
  route({
    method: 'POST',
    path: '/flow_runs/count',
    summary: 'Count Flow Runs',
    access: VIEW,
    body: flowRunCountBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await countFlowRuns(app, body)),
  }),
  route({
    method: 'GET',
    path: '/flow_runs/{id}',
    summary: 'Read Flow Run',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readFlowRun(app, params['id']!)),
  }),
  route({
    method: 'PATCH',
    path: '/flow_runs/{id}',
    summary: 'Update Flow Run',
    access: EDIT_OR_OWN_RUN,
    body: flowRunUpdate,
    handle: async ({ app, params, body, principal }) => {
      await updateFlowRun(app, principal, params['id']!, body);
      return noContent();
    },
  }),
  route({
    method: 'PATCH',
    path: '/flow_runs/{id}/labels',
    summary: 'Update Flow Run Labels',
    access: EDIT_OR_OWN_RUN,
    body: flowRunLabels,
    handle: async ({ app, params, body }) => {
      await updateFlowRunLabels(app, params['id']!, body);
      return noContent();
    },
  }),
  route({
    method: 'DELETE',
    path: '/flow_runs/{id}',
    summary: 'Delete Flow Run',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteFlowRun(app, params['id']!);
      return noContent();
    },
  }),
  route({
    method: 'POST',
    path: '/flow_runs/{id}/set_state',
    summary: 'Set Flow Run State',
    access: EDIT_OR_OWN_RUN,
    body: setStateBody,
    bodyInParts: true,
    handle: async ({ app, principal, params, body, headers }) => {
      const options = { force: body.force, clientVersion: clientVersion(headers) };
      return orchestrated(await setFlowRunState(app, principal, params['id']!, body.state, options));
    },
  }),
  route({
    method: 'POST',
    path: '/flow_runs/{id}/resume',
    summary: 'Resume Flow Run',
    access: EDIT_OR_OWN_RUN,
    body: resumeBody,
    bodyOptional: true,
    handle: async ({ app, principal, params, body }) =>
      orchestrated(await resumeFlowRun(app, principal, params['id']!, body.run_input ?? null)),
  }),
  route({
    method: 'GET',
    path: '/flow_run_states/',
    summary: 'Read Flow Run States',
    access: VIEW,
    query: flowRunStatesQuery,
    handle: async ({ app, query }) => ok(await readFlowRunStates(app, query.flow_run_id)),
  }),
];
