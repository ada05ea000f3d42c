import {
  type CreateApi,
  canKey,
  createApi,
  createCan,
  createWorkspaceRoutes,
  workspaceApiKey,
  workspaceRoutesKey,
} from '@prefecthq/prefect-ui-library';
import type { AxiosInstance } from 'axios';
import type { App } from 'vue';
import { useOwnLogos } from './logos.ts';
import { permissions } from './permissions.ts';
import { leave } from './router.ts';
import { session } from './session.ts';

/** Prefect's components find the API, the routes and what one may do by injection. */
export function provideApi(app: App): CreateApi {
  const api = createApi(
    () => ({ baseUrl: '/api', ...(session.key.value && { token: session.key.value }) }),
    (instance: AxiosInstance) => {
      useOwnLogos(instance);
      askAgainWhenRefused(instance);
    },
  );
  app.provide(workspaceApiKey, api);
  app.provide(workspaceRoutesKey, createWorkspaceRoutes());
  app.provide(canKey, createCan(permissions));
  return api;
}

/** A key that was revoked or has expired is asked for again. */
function askAgainWhenRefused(instance: AxiosInstance): void {
  instance.interceptors.response.use(undefined, (error) => {
    if (error?.response?.status === 401) leave();
    throw error;
  });
}

/** One call of a route of our own that Prefect's client does not know. Throws an error with the server's own sentence. */
export async function ask<Answer>(path: string, method = 'GET', body?: unknown): Promise<Answer> {
  const answer = await fetch(`/api${path}`, {
    method,
    headers: {
      ...(session.key.value && { authorization: `Bearer ${session.key.value}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (answer.status === 401) leave();
  if (!answer.ok) throw new Error(await sentenceOf(answer));
  return (answer.status === 204 ? null : await answer.json()) as Answer;
}

async function sentenceOf(answer: Response): Promise<string> {
  const body = await answer.json().catch(() => null);
  const detail = body?.exception_detail ?? body?.detail;
  if (typeof detail === 'string') return detail;
  const first = Array.isArray(detail) ? detail[0] : null;
  return first ? `${first.loc?.slice(1).join('.')}: ${first.msg}` : `${answer.status} ${answer.statusText}`;
}
