import type * as z from 'zod/mini';
import type { automationCreate } from '../schemas/automations.ts';
import type { Connection } from './connection.ts';

export function automations({ request }: Connection) {
  return {
    create: (body: z.input<typeof automationCreate>) => request<{ id: string }>('POST', '/automations/', body),
    deleteOwnedBy: (resourceId: string) =>
      request<null>('DELETE', `/automations/owned-by/${encodeURIComponent(resourceId)}`),
  };
}
