import type * as z from 'zod/mini';
import type { ApiKey } from '../../domain/api-key.ts';
import type { apiKeyCreate } from '../schemas/api-keys.ts';
import type { Connection } from './connection.ts';

/** A key as it is shown: without what it is found by. */
export type ShownApiKey = Omit<ApiKey, 'id'>;

/** For admins; Prefect's own server has none of these. */
export function apiKeys({ request }: Connection) {
  return {
    /** The key itself is in this answer alone. */
    create: (body: z.input<typeof apiKeyCreate>) => request<ShownApiKey & { key: string }>('POST', '/api_keys/', body),
    list: () => request<ShownApiKey[]>('GET', '/api_keys/'),
    revoke: (name: string) => request<null>('DELETE', `/api_keys/${encodeURIComponent(name)}`),
  };
}
