import {
  flowRunCountBody,
  flowRunCreate,
  flowRunFilterBody,
  flowRunLabels,
  flowRunPaginateBody,
  flowRunStatesQuery,
  flowRunsDeleteBody,
  flowRunsSetStateBody,
  flowRunUpdate,
  graphQuery,
  resumeBody,
} from '../../shared/api/schemas/flow-runs.ts';
import { historyBody } from '../../shared/api/schemas/history.ts';
import { setStateBody } from '../../shared/api/schemas/states.ts';
import { deleteFlowRuns, setFlowRunsState } from '../../shared/operations/flow-runs/flow-run-bulk.ts';
import { filterFlowRuns } from '../../shared/operations/flow-runs/flow-run-lists.ts';
import {
  createPlainFlowRun,
  deleteFlowRun,
  readFlowRun,
  readFlowRunStates,
  setFlowRunState,
  updateFlowRun,
  updateFlowRunLabels,
} from '../../shared/operations/flow-runs/flow-runs.ts';
import { readFlowRunState } from '../../shared/operations/flow-runs/state-lookup.ts';
import { downloadFlowRunLogs } from '../../shared/operations/logs.ts';
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

const extended = (text: string): string =>
  encodeURIComponent(text).replaceAll(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

/** RFC 6266: browsers save the answer under this name, whatever its letters. */
const attachment = (name: string) => ({
  'content-disposition': `attachment; filename="flow-run-logs.csv"; filename*=UTF-8''${extended(name)}`,
});

// Only pages count and draw, and few requests check the input of a run that goes on (docs/decisions/014).
const counts = () => import('../../shared/operations/flow-runs/flow-run-counts.ts');
const histories = () => import('../../shared/operations/flow-runs/run-histories.ts');
const graphs = () => import('../../shared/operations/flow-runs/flow-run-graphs.ts');
const resuming = () => import('../../shared/operations/flow-runs/resume-flow-run.ts');

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
    handle: async ({ app, body }) => ok(await (await counts()).paginateFlowRuns(app, body)),
  }),
  route({
    method: 'POST',
    path: '/flow_runs/count',
    summary: 'Count Flow Runs',
    access: VIEW,
    body: flowRunCountBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await (await counts()).countFlowRuns(app, body)),
  }),
  route({
    method: 'POST',
    path: '/flow_runs/lateness',
    summary: 'Average Flow Run Lateness',
    access: VIEW,
    body: flowRunCountBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await (await histories()).averageLateness(app, body)),
  }),
  route({
    method: 'POST',
    path: '/flow_runs/history',
    summary: 'Flow Run History',
    access: VIEW,
    body: historyBody,
    bodyInParts: true,
    handle: async ({ app, body }) => ok(await (await histories()).flowRunHistory(app, body)),
  }),
  route({
    method: 'POST',
    path: '/flow_runs/bulk_delete',
    summary: 'Bulk Delete Flow Runs',
    access: EDIT,
    body: flowRunsDeleteBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await deleteFlowRuns(app, body)),
  }),
  route({
    method: 'POST',
    path: '/flow_runs/bulk_set_state',
    summary: 'Bulk Set Flow Run State',
    access: EDIT,
    body: flowRunsSetStateBody,
    bodyInParts: true,
    handle: async ({ app, principal, body, headers }) =>
      ok(await setFlowRunsState(app, principal, body, clientVersion(headers))),
  }),
  route({
    method: 'GET',
    path: '/flow_runs/{id}/graph',
    summary: 'Read Flow Run Graph V1',
    access: VIEW,
    handle: async ({ app, params }) => ok(await (await graphs()).readTaskRunDependencies(app, params['id']!)),
  }),
  route({
    method: 'GET',
    path: '/flow_runs/{id}/graph-v2',
    summary: 'Read Flow Run Graph V2',
    access: VIEW,
    query: graphQuery,
    handle: async ({ app, params, query }) =>
      ok(await (await graphs()).readFlowRunGraph(app, params['id']!, query.since ?? null)),
  }),
  route({
    method: 'GET',
    path: '/flow_runs/{id}/logs/download',
    summary: 'Download Logs',
    access: { role: 'viewer', run: 'own-run' },
    handle: async ({ app, params }) => {
      const { name, csv } = await downloadFlowRunLogs(app, params['id']!);
      return { status: 200, body: csv, contentType: 'text/csv; charset=utf-8', headers: attachment(name) };
    },
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
      orchestrated(await (await resuming()).resumeFlowRun(app, principal, params['id']!, body.run_input ?? null)),
  }),
  route({
    method: 'GET',
    path: '/flow_run_states/',
    summary: 'Read Flow Run States',
    access: VIEW,
    query: flowRunStatesQuery,
    handle: async ({ app, query }) => ok(await readFlowRunStates(app, query.flow_run_id)),
  }),
  route({
    method: 'GET',
    path: '/flow_run_states/{id}',
    summary: 'Read Flow Run State',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readFlowRunState(app, params['id']!)),
  }),
];
