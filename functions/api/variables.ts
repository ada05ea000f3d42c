import {
  variableCreate,
  variablesCountBody,
  variablesFilterBody,
  variableUpdate,
} from '../../shared/api/schemas/variables.ts';
import {
  countVariables,
  createVariable,
  deleteVariable,
  deleteVariableByName,
  filterVariables,
  readVariable,
  readVariableByName,
  updateVariable,
  updateVariableByName,
} from '../../shared/operations/variables.ts';
import { created, EDIT, EDIT_OR_RUN, noContent, ok, type Route, route, VIEW } from './route.ts';

export const variableRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/variables/',
    summary: 'Create Variable',
    access: EDIT_OR_RUN,
    body: variableCreate,
    handle: async ({ app, body }) => created(await createVariable(app, body)),
  }),
  route({
    method: 'POST',
    path: '/variables/filter',
    summary: 'Read Variables',
    access: VIEW,
    body: variablesFilterBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await filterVariables(app, body)),
  }),
  route({
    method: 'POST',
    path: '/variables/count',
    summary: 'Count Variables',
    access: VIEW,
    body: variablesCountBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await countVariables(app, body.variables)),
  }),
  route({
    method: 'GET',
    path: '/variables/name/{name}',
    summary: 'Read Variable By Name',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readVariableByName(app, params['name']!)),
  }),
  route({
    method: 'PATCH',
    path: '/variables/name/{name}',
    summary: 'Update Variable By Name',
    access: EDIT_OR_RUN,
    body: variableUpdate,
    handle: async ({ app, params, body }) => {
      await updateVariableByName(app, params['name']!, body);
      return noContent();
    },
  }),
  route({
    method: 'DELETE',
    path: '/variables/name/{name}',
    summary: 'Delete Variable By Name',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteVariableByName(app, params['name']!);
      return noContent();
    },
  }),
  route({
    method: 'GET',
    path: '/variables/{id}',
    summary: 'Read Variable',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readVariable(app, params['id']!)),
  }),
  route({
    method: 'PATCH',
    path: '/variables/{id}',
    summary: 'Update Variable',
    access: EDIT_OR_RUN,
    body: variableUpdate,
    handle: async ({ app, params, body }) => {
      await updateVariable(app, params['id']!, body);
      return noContent();
    },
  }),
  route({
    method: 'DELETE',
    path: '/variables/{id}',
    summary: 'Delete Variable',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteVariable(app, params['id']!);
      return noContent();
    },
  }),
];
