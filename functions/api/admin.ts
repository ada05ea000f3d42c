import { csrfTokenQuery, defaultStorageUpdate } from '../../shared/api/schemas/admin.ts';
import { ClientError } from '../../shared/domain/errors.ts';
import { API_VERSION, PREFECT_VERSION } from '../../shared/domain/prefect-version.ts';
import {
  clearDefaultStorage,
  readDefaultStorage,
  writeDefaultStorage,
} from '../../shared/operations/default-storage.ts';
import { isReady } from '../../shared/operations/readiness.ts';
import { ADMIN, noContent, OPEN, OPERATE_VIEW, ok, type Route, route, VIEW } from './route.ts';

/** What clients ask about the server itself. */
export const adminRoutes: Route[] = [
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
    path: '/admin/version',
    summary: 'Read Version',
    access: VIEW,
    handle: async () => ok(PREFECT_VERSION),
  }),
  route({
    method: 'GET',
    path: '/admin/settings',
    summary: 'Read Settings',
    access: OPERATE_VIEW,
    // Prefect shows its whole settings tree, which only its web page reads: pushpool has other settings.
    handle: async ({ app }) => ok({ api: { url: app.settings.apiUrl } }),
  }),
  route({
    method: 'GET',
    path: '/admin/storage',
    summary: 'Read Server Default Result Storage',
    access: VIEW,
    handle: async ({ app }) => ok(await readDefaultStorage(app)),
  }),
  route({
    method: 'PUT',
    path: '/admin/storage',
    summary: 'Update Server Default Result Storage',
    access: ADMIN,
    body: defaultStorageUpdate,
    handle: async ({ app, body }) => ok(await writeDefaultStorage(app, body.default_result_storage_block_id)),
  }),
  route({
    method: 'DELETE',
    path: '/admin/storage',
    summary: 'Clear Server Default Result Storage',
    access: ADMIN,
    handle: async ({ app }) => {
      await clearDefaultStorage(app);
      return noContent();
    },
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
