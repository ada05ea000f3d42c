import type * as z from 'zod/mini';
import type { PoolInfrastructure } from '../../operations/work-pools/pool-infrastructure.ts';
import type { WorkPoolResponse } from '../../operations/work-pools/work-pools.ts';
import type { PoolProvisioned } from '../schemas/ui.ts';
import type { workPoolCreate, workPoolUpdate } from '../schemas/work-pools.ts';
import type { Connection } from './connection.ts';
import { allPages } from './paging.ts';

export type WorkPool = WorkPoolResponse;

export function workPools({ request }: Connection) {
  const at = (name: string) => `/work_pools/${encodeURIComponent(name)}`;
  return {
    create: (body: z.input<typeof workPoolCreate>) => request<WorkPool>('POST', '/work_pools/', body),
    read: (name: string) => request<WorkPool>('GET', at(name)),
    update: (name: string, body: z.input<typeof workPoolUpdate>) => request<null>('PATCH', at(name), body),
    infrastructure: (name: string) => request<PoolInfrastructure>('GET', `/ui${at(name)}/infrastructure`),
    /** What is there for it in its cloud now. */
    recordInfrastructure: (name: string, body: PoolProvisioned) =>
      request<null>('PUT', `/ui${at(name)}/infrastructure`, body),
    delete: (name: string) => request<null>('DELETE', at(name)),
    list: () => allPages((limit, offset) => request<WorkPool[]>('POST', '/work_pools/filter', { limit, offset })),
  };
}
