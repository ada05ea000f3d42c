import {
  dashboardCountsBody,
  flowIdsBody,
  flowRunIdsBody,
  poolProvisioned,
  schemaValuesBody,
  uiFlowRunHistoryBody,
  uiTaskRunCountBody,
} from '../../shared/api/schemas/ui.ts';
import { checkFormValues } from '../../shared/operations/deployments/form-values.ts';
import { readFlowRunInfrastructure } from '../../shared/operations/flow-runs/flow-run-infrastructure.ts';
import {
  countDeploymentsOfFlows,
  countTaskRunsForDashboard,
  countTaskRunsOfFlowRuns,
  nextRunsOfFlows,
  readSimpleFlowRuns,
  readTaskRunForPage,
} from '../../shared/operations/flow-runs/ui-runs.ts';
import { countTaskRunsByState } from '../../shared/operations/task-runs/task-run-counts.ts';
import { readPoolInfrastructure, recordProvisioned } from '../../shared/operations/work-pools/pool-infrastructure.ts';
import { EDIT, noContent, OPEN, OPERATE_VIEW, ok, type Route, route, VIEW } from './route.ts';

/** What only web pages ask: Prefect's, and ours beyond it. */
export const uiRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/ui-settings',
    atRoot: true,
    summary: 'Read Ui Settings',
    access: OPEN,
    handle: async ({ app }) =>
      ok({
        api_url: app.settings.apiUrl,
        csrf_enabled: false,
        auth: app.settings.authRequired ? 'BASIC' : null,
        flags: [],
        default_ui: 'v2',
        available_uis: ['v2'],
        v1_base_url: null,
        v2_base_url: '/v2',
      }),
  }),
  route({
    method: 'POST',
    path: '/ui/flow_runs/history',
    summary: 'Read Flow Run History',
    access: VIEW,
    body: uiFlowRunHistoryBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await readSimpleFlowRuns(app, body)),
  }),
  route({
    method: 'POST',
    path: '/ui/flow_runs/count-task-runs',
    summary: 'Count Task Runs By Flow Run',
    access: VIEW,
    body: flowRunIdsBody,
    bodyInParts: true,
    handle: async ({ app, body }) => ok(await countTaskRunsOfFlowRuns(app, body.flow_run_ids)),
  }),
  route({
    method: 'POST',
    path: '/ui/flows/count-deployments',
    summary: 'Count Deployments By Flow',
    access: VIEW,
    body: flowIdsBody,
    bodyInParts: true,
    handle: async ({ app, body }) => ok(await countDeploymentsOfFlows(app, body.flow_ids)),
  }),
  route({
    method: 'POST',
    path: '/ui/flows/next-runs',
    summary: 'Next Runs By Flow',
    access: VIEW,
    body: flowIdsBody,
    bodyInParts: true,
    handle: async ({ app, body }) => ok(await nextRunsOfFlows(app, body.flow_ids)),
  }),
  route({
    method: 'POST',
    path: '/ui/schemas/validate',
    summary: 'Validate Obj',
    access: VIEW,
    body: schemaValuesBody,
    bodyInParts: true,
    handle: async ({ app, body }) => ok(await checkFormValues(app, body.schema, body.values)),
  }),
  route({
    method: 'POST',
    path: '/ui/task_runs/dashboard/counts',
    summary: 'Read Dashboard Task Run Counts',
    access: VIEW,
    body: dashboardCountsBody,
    bodyInParts: true,
    handle: async ({ app, body }) => ok(await countTaskRunsForDashboard(app, body)),
  }),
  route({
    method: 'POST',
    path: '/ui/task_runs/count',
    summary: 'Read Task Run Counts By State',
    access: VIEW,
    body: uiTaskRunCountBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await countTaskRunsByState(app, body)),
  }),
  route({
    method: 'GET',
    path: '/ui/task_runs/{id}',
    summary: 'Read Task Run With Flow Run Name',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readTaskRunForPage(app, params['id']!)),
  }),
  route({
    method: 'GET',
    path: '/ui/flow_runs/{id}/infrastructure',
    summary: 'Read Flow Run Infrastructure',
    access: OPERATE_VIEW,
    handle: async ({ app, params }) => ok(await readFlowRunInfrastructure(app, params['id']!)),
  }),
  route({
    method: 'GET',
    path: '/ui/work_pools/{name}/infrastructure',
    summary: 'Read Work Pool Infrastructure',
    access: OPERATE_VIEW,
    handle: async ({ app, params }) => ok(await readPoolInfrastructure(app, params['name']!)),
  }),
  route({
    method: 'PUT',
    path: '/ui/work_pools/{name}/infrastructure',
    summary: 'Record Work Pool Infrastructure',
    access: EDIT,
    body: poolProvisioned,
    handle: async ({ app, params, body }) => {
      await recordProvisioned(app, params['name']!, body);
      return noContent();
    },
  }),
];
