import { historyBody } from '../../shared/api/schemas/history.ts';
import { setStateBody } from '../../shared/api/schemas/states.ts';
import {
  taskRunCountBody,
  taskRunCreate,
  taskRunFilterBody,
  taskRunPaginateBody,
  taskRunStatesQuery,
  taskRunUpdate,
} from '../../shared/api/schemas/task-runs.ts';
import { readTaskRunState } from '../../shared/operations/flow-runs/state-lookup.ts';
import { filterTaskRuns } from '../../shared/operations/task-runs/task-run-lists.ts';
import {
  createTaskRun,
  deleteTaskRun,
  readTaskRun,
  readTaskRunStates,
  updateTaskRun,
} from '../../shared/operations/task-runs/task-runs.ts';
import { created, createdOrExisting, EDIT, EDIT_OR_RUN, noContent, ok, type Route, route, VIEW } from './route.ts';

// Only pages count and draw (docs/decisions/014).
const counts = () => import('../../shared/operations/task-runs/task-run-counts.ts');
const histories = () => import('../../shared/operations/flow-runs/run-histories.ts');
// Prefect's engine decides the states of its task runs itself (docs/decisions/082).
const stateChanges = () => import('../../shared/operations/task-runs/set-task-run-state.ts');

export const taskRunRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/task_runs/',
    summary: 'Create Task Run',
    access: EDIT_OR_RUN,
    body: taskRunCreate,
    handle: async ({ app, principal, body }) => createdOrExisting(await createTaskRun(app, principal, body)),
  }),
  route({
    method: 'POST',
    path: '/task_runs/filter',
    summary: 'Read Task Runs',
    access: VIEW,
    body: taskRunFilterBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await filterTaskRuns(app, body)),
  }),
  route({
    method: 'POST',
    path: '/task_runs/count',
    summary: 'Count Task Runs',
    access: VIEW,
    body: taskRunCountBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await (await counts()).countTaskRuns(app, body)),
  }),
  route({
    method: 'POST',
    path: '/task_runs/paginate',
    summary: 'Paginate Task Runs',
    access: VIEW,
    body: taskRunPaginateBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await (await counts()).paginateTaskRuns(app, body)),
  }),
  route({
    method: 'POST',
    path: '/task_runs/history',
    summary: 'Task Run History',
    access: VIEW,
    body: historyBody,
    bodyInParts: true,
    handle: async ({ app, body }) => ok(await (await histories()).taskRunHistory(app, body)),
  }),
  route({
    method: 'GET',
    path: '/task_runs/{id}',
    summary: 'Read Task Run',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readTaskRun(app, params['id']!)),
  }),
  route({
    method: 'PATCH',
    path: '/task_runs/{id}',
    summary: 'Update Task Run',
    access: EDIT,
    body: taskRunUpdate,
    handle: async ({ app, params, body }) => {
      await updateTaskRun(app, params['id']!, body);
      return noContent();
    },
  }),
  route({
    method: 'DELETE',
    path: '/task_runs/{id}',
    summary: 'Delete Task Run',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteTaskRun(app, params['id']!);
      return noContent();
    },
  }),
  route({
    method: 'POST',
    path: '/task_runs/{id}/set_state',
    summary: 'Set Task Run State',
    access: EDIT_OR_RUN,
    body: setStateBody,
    bodyInParts: true,
    handle: async ({ app, principal, params, body }) => {
      const { setTaskRunState } = await stateChanges();
      const { result, changed } = await setTaskRunState(app, principal, params['id']!, body.state, {
        force: body.force,
      });
      return changed ? created(result) : ok(result);
    },
  }),
  route({
    method: 'GET',
    path: '/task_run_states/',
    summary: 'Read Task Run States',
    access: VIEW,
    query: taskRunStatesQuery,
    handle: async ({ app, query }) => ok(await readTaskRunStates(app, query.task_run_id)),
  }),
  route({
    method: 'GET',
    path: '/task_run_states/{id}',
    summary: 'Read Task Run State',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readTaskRunState(app, params['id']!)),
  }),
];
