import {
  deploymentCreate,
  deploymentFilterBody,
  deploymentFlowRunCreate,
  deploymentFlowRunsCreate,
  deploymentPaginateBody,
  deploymentsDeleteBody,
  deploymentUpdate,
  scheduleBody,
  scheduledFlowRunsBody,
  schedulesCreate,
} from '../../shared/api/schemas/deployments.ts';
import { countBody } from '../../shared/api/schemas/filters.ts';
import { deploymentScheduleUpdate } from '../../shared/api/schemas/schedules.ts';
import { deleteDeployment } from '../../shared/operations/deployments/delete-deployment.ts';
import {
  createFlowRunFromDeployment,
  createFlowRunsFromDeployment,
} from '../../shared/operations/deployments/deployment-flow-runs.ts';
import {
  countDeployments,
  deleteDeployments,
  filterDeployments,
  paginateDeployments,
  queuesOfDeployment,
  scheduledRunsOfDeployments,
} from '../../shared/operations/deployments/deployment-lists.ts';
import {
  createDeployment,
  readDeploymentAnswer,
  readDeploymentByName,
  setDeploymentPaused,
  updateDeployment,
} from '../../shared/operations/deployments/deployments.ts';
import {
  addSchedules,
  deleteSchedule,
  readSchedules,
  updateSchedule,
} from '../../shared/operations/schedules/deployment-schedules.ts';
import { scheduleDeployment } from '../../shared/operations/schedules/schedule-deployment.ts';
import {
  created,
  createdOrExisting,
  EDIT,
  EDIT_OR_RUN,
  noContent,
  OPERATE_VIEW,
  ok,
  type Route,
  route,
  VIEW,
} from './route.ts';

export const deploymentRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/deployments/',
    summary: 'Create Deployment',
    access: EDIT,
    body: deploymentCreate,
    handle: async ({ app, body }) => createdOrExisting(await createDeployment(app, body)),
  }),
  route({
    method: 'POST',
    path: '/deployments/filter',
    summary: 'Read Deployments',
    access: VIEW,
    body: deploymentFilterBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await filterDeployments(app, body)),
  }),
  route({
    method: 'POST',
    path: '/deployments/paginate',
    summary: 'Paginate Deployments',
    access: VIEW,
    body: deploymentPaginateBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await paginateDeployments(app, body)),
  }),
  route({
    method: 'POST',
    path: '/deployments/count',
    summary: 'Count Deployments',
    access: VIEW,
    body: countBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await countDeployments(app, body)),
  }),
  route({
    method: 'POST',
    path: '/deployments/get_scheduled_flow_runs',
    summary: 'Get Scheduled Flow Runs For Deployments',
    access: OPERATE_VIEW,
    body: scheduledFlowRunsBody,
    bodyInParts: true,
    handle: async ({ app, body }) => ok(await scheduledRunsOfDeployments(app, body)),
  }),
  route({
    method: 'POST',
    path: '/deployments/bulk_delete',
    summary: 'Bulk Delete Deployments',
    access: EDIT,
    body: deploymentsDeleteBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await deleteDeployments(app, body)),
  }),
  route({
    method: 'GET',
    path: '/deployments/name/{flow_name}/{deployment_name}',
    summary: 'Read Deployment By Name',
    access: VIEW,
    handle: async ({ app, params }) =>
      ok(await readDeploymentByName(app, params['flow_name']!, params['deployment_name']!)),
  }),
  route({
    method: 'GET',
    path: '/deployments/{id}',
    summary: 'Read Deployment',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readDeploymentAnswer(app, params['id']!)),
  }),
  route({
    method: 'PATCH',
    path: '/deployments/{id}',
    summary: 'Update Deployment',
    access: EDIT,
    body: deploymentUpdate,
    handle: async ({ app, params, body }) => {
      await updateDeployment(app, params['id']!, body);
      return noContent();
    },
  }),
  route({
    method: 'DELETE',
    path: '/deployments/{id}',
    summary: 'Delete Deployment',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteDeployment(app, params['id']!);
      return noContent();
    },
  }),
  route({
    method: 'POST',
    path: '/deployments/{id}/pause_deployment',
    summary: 'Pause Deployment',
    access: EDIT,
    handle: async ({ app, params }) => {
      await setDeploymentPaused(app, params['id']!, true);
      return ok(null);
    },
  }),
  route({
    method: 'POST',
    path: '/deployments/{id}/resume_deployment',
    summary: 'Resume Deployment',
    access: EDIT,
    handle: async ({ app, params }) => {
      await setDeploymentPaused(app, params['id']!, false);
      return ok(null);
    },
  }),
  route({
    method: 'POST',
    path: '/deployments/{id}/schedule',
    summary: 'Schedule Deployment',
    access: EDIT,
    body: scheduleBody,
    bodyOptional: true,
    handle: async ({ app, params, body }) => {
      await scheduleDeployment(app, params['id']!, body);
      return ok(null);
    },
  }),
  route({
    method: 'POST',
    path: '/deployments/{id}/create_flow_run',
    summary: 'Create Flow Run From Deployment',
    access: EDIT_OR_RUN,
    body: deploymentFlowRunCreate,
    handle: async ({ app, principal, params, body }) =>
      createdOrExisting(await createFlowRunFromDeployment(app, principal, params['id']!, body)),
  }),
  route({
    method: 'POST',
    path: '/deployments/{id}/create_flow_run/bulk',
    summary: 'Bulk Create Flow Runs From Deployment',
    access: EDIT_OR_RUN,
    body: deploymentFlowRunsCreate,
    handle: async ({ app, principal, params, body }) =>
      ok(await createFlowRunsFromDeployment(app, principal, params['id']!, body)),
  }),
  route({
    method: 'GET',
    path: '/deployments/{id}/work_queue_check',
    summary: 'Work Queue Check For Deployment',
    access: VIEW,
    handle: async ({ app, params }) => ok(await queuesOfDeployment(app, params['id']!)),
  }),
  route({
    method: 'GET',
    path: '/deployments/{id}/schedules',
    summary: 'Read Deployment Schedules',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readSchedules(app, params['id']!)),
  }),
  route({
    method: 'POST',
    path: '/deployments/{id}/schedules',
    summary: 'Create Deployment Schedules',
    access: EDIT,
    body: schedulesCreate,
    handle: async ({ app, params, body }) => created(await addSchedules(app, params['id']!, body)),
  }),
  route({
    method: 'PATCH',
    path: '/deployments/{id}/schedules/{schedule_id}',
    summary: 'Update Deployment Schedule',
    access: EDIT,
    body: deploymentScheduleUpdate,
    handle: async ({ app, params, body }) => {
      await updateSchedule(app, params['id']!, params['schedule_id']!, body);
      return noContent();
    },
  }),
  route({
    method: 'DELETE',
    path: '/deployments/{id}/schedules/{schedule_id}',
    summary: 'Delete Deployment Schedule',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteSchedule(app, params['id']!, params['schedule_id']!);
      return noContent();
    },
  }),
];
