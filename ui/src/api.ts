import {
  type CreateApi,
  canKey,
  createApi,
  createCan,
  createWorkspaceRoutes,
  workspaceApiKey,
  workspacePermissions,
  workspaceRoutesKey,
} from '@prefecthq/prefect-ui-library';
import type { App } from 'vue';
import { useOwnLogos } from './logos.ts';
import { session } from './session.ts';

/** What the server offers no page for, or has no permission of its own. */
const WITHOUT = new Set(['read:workspace_bot_access', 'read:workspace_user_access']);

/** Prefect's components find the API, the routes and what one may do by injection. */
export function provideApi(app: App): CreateApi {
  const api = createApi(
    () => ({ baseUrl: '/api', ...(session.key.value && { token: session.key.value }) }),
    useOwnLogos,
  );
  app.provide(workspaceApiKey, api);
  app.provide(workspaceRoutesKey, createWorkspaceRoutes());
  app.provide(canKey, createCan(workspacePermissions.filter((permission) => !WITHOUT.has(permission))));
  return api;
}

/** One call of a route of our own that Prefect's client does not know. */
export async function ask<Answer>(path: string): Promise<Answer> {
  const headers: Record<string, string> = session.key.value ? { authorization: `Bearer ${session.key.value}` } : {};
  const answer = await fetch(`/api${path}`, { headers });
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return answer.json() as Promise<Answer>;
}
