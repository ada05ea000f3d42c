import { csrfTokenQuery } from '../../shared/api/schemas/admin.ts';
import { ClientError } from '../../shared/domain/errors.ts';
import { API_VERSION } from '../../shared/domain/prefect-version.ts';
import { isReady } from '../../shared/operations/readiness.ts';
import { OPEN, ok, type Route, route, VIEW } from './route.ts';

/** What clients ask about the server itself before they ask for anything else. */
export const healthRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/health',
    summary: 'Health Check',
    access: OPEN,
    handle: async () => ok(true),
  }),
  route({
    method: 'GET',
    path: '/ready',
    summary: 'Perform Readiness Check',
    access: OPEN,
    handle: async ({ app }) =>
      (await isReady(app)) ? ok({ message: 'OK' }) : { status: 503, body: { message: 'Database is not available' } },
  }),
  route({ method: 'GET', path: '/hello', summary: 'Hello', access: OPEN, handle: async () => ok('👋') }),
  route({
    method: 'GET',
    path: '/version',
    summary: 'Server Version',
    access: OPEN,
    handle: async () => ok(API_VERSION),
  }),
  route({
    method: 'GET',
    path: '/csrf-token',
    summary: 'Create Csrf Token',
    access: VIEW,
    query: csrfTokenQuery,
    handle: async () => {
      throw new ClientError('invalid', 'CSRF protection is disabled.');
    },
  }),
];
