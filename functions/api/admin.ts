import { defaultStorageUpdate } from '../../shared/api/schemas/admin.ts';
import { PREFECT_VERSION } from '../../shared/domain/prefect-version.ts';
import {
  clearDefaultStorage,
  readDefaultStorage,
  writeDefaultStorage,
} from '../../shared/operations/blocks/default-storage.ts';
import { ADMIN, noContent, OPERATE_VIEW, ok, type Route, route, VIEW } from './route.ts';

/** What operators ask about the server and set for all. */
export const adminRoutes: Route[] = [
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
    // Prefect shows its whole settings tree, which only its web page reads: pushpool has other settings. The page is not to
    // report to anybody what people do on it.
    handle: async ({ app }) =>
      ok({
        api: { url: app.settings.apiUrl },
        server: { analytics_enabled: false, ui: { enabled: true, show_promotional_content: false } },
      }),
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
];
