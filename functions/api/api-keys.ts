import { apiKeyCreate } from '../../shared/api/schemas/api-keys.ts';
import type { ApiKey } from '../../shared/domain/api-key.ts';
import { createApiKey, listApiKeys, revokeApiKey } from '../../shared/operations/access/api-keys.ts';
import { ADMIN, created, noContent, OPERATE_VIEW, ok, type Route, route } from './route.ts';

/** What is shown of a key: its id is its hash and nobody's business. */
const shown = ({ name, role, created, expires, revoked }: ApiKey) => ({ name, role, created, expires, revoked });

/** API keys, which Prefect's own server does not have. */
export const apiKeyRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/api_keys/',
    summary: 'Create Api Key',
    access: ADMIN,
    body: apiKeyCreate,
    handle: async ({ app, body }) => {
      const { key, apiKey } = await createApiKey(app, { ...body, expiresInDays: body.expires_in_days ?? null });
      return created({ ...shown(apiKey), key });
    },
  }),
  route({
    method: 'GET',
    path: '/api_keys/',
    summary: 'Read Api Keys',
    access: ADMIN,
    handle: async ({ app }) => ok((await listApiKeys(app)).map(shown)),
  }),
  route({
    method: 'GET',
    path: '/api_keys/own',
    summary: 'Read Own Role',
    access: OPERATE_VIEW,
    // Null where no key is asked for and none was sent: everybody is the operator.
    handle: async ({ principal }) => ok({ role: principal.kind === 'api-key' ? principal.role : null }),
  }),
  route({
    method: 'DELETE',
    path: '/api_keys/{name}',
    summary: 'Revoke Api Key',
    access: ADMIN,
    handle: async ({ app, params }) => {
      await revokeApiKey(app, params['name']!);
      return noContent();
    },
  }),
];
