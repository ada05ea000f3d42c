import { logFilterBody, logsCreate } from '../../shared/api/schemas/logs.ts';
import { createLogs, readLogs } from '../../shared/operations/logs.ts';
import { created, EDIT_OR_RUN, ok, type Route, route, VIEW } from './route.ts';

export const logRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/logs/',
    summary: 'Create Logs',
    access: EDIT_OR_RUN,
    body: logsCreate,
    handle: async ({ app, principal, body }) => {
      await createLogs(app, principal, body);
      return created(null);
    },
  }),
  route({
    method: 'POST',
    path: '/logs/filter',
    summary: 'Read Logs',
    access: VIEW,
    body: logFilterBody,
    bodyOptional: true,
    handle: async ({ app, principal, body }) => ok(await readLogs(app, principal, body)),
  }),
];
