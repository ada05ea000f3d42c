import type * as z from 'zod/mini';
import type { Variable } from '../../domain/variable.ts';
import type { variableCreate, variableUpdate } from '../schemas/variables.ts';
import type { Connection } from './connection.ts';
import { allPages } from './paging.ts';

export type { Variable };

export function variables({ request }: Connection) {
  const at = (name: string) => `/variables/name/${encodeURIComponent(name)}`;
  return {
    create: (body: z.input<typeof variableCreate>) => request<Variable>('POST', '/variables/', body),
    read: (name: string) => request<Variable>('GET', at(name)),
    update: (name: string, body: z.input<typeof variableUpdate>) => request<null>('PATCH', at(name), body),
    delete: (name: string) => request<null>('DELETE', at(name)),
    list: () =>
      allPages((limit, offset) =>
        request<Variable[]>('POST', '/variables/filter', { sort: 'NAME_ASC', limit, offset }),
      ),
  };
}
