import type * as z from 'zod/mini';
import type { Flow } from '../../domain/flow.ts';
import type { flowCreate } from '../schemas/flows.ts';
import type { Connection } from './connection.ts';
import { allPages } from './paging.ts';

export type { Flow };

export function flows({ request }: Connection) {
  return {
    /** Answers the flow of that name when there is one. */
    create: (body: z.input<typeof flowCreate>) => request<Flow>('POST', '/flows/', body),
    read: (id: string) => request<Flow>('GET', `/flows/${id}`),
    /** Those of the ids that exist. */
    byIds: (ids: readonly string[]) =>
      ids.length === 0
        ? Promise.resolve([])
        : allPages((limit, offset) =>
            request<Flow[]>('POST', '/flows/filter', { flows: { id: { any_: ids } }, limit, offset }),
          ),
  };
}
