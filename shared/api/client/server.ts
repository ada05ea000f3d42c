import type { WorkerMetadata, WorkerMetadataView } from '../../operations/collections.ts';
import type { OrphansOfPool } from '../../operations/work-pools/orphans.ts';
import type { Connection } from './connection.ts';

export type { OrphansOfPool, WorkerMetadata };

export function server({ request }: Connection) {
  return {
    /** Needs no credentials. */
    health: () => request<boolean>('GET', '/health'),
    /** Of the API, such as `0.8.4`; needs no credentials. */
    apiVersion: () => request<string>('GET', '/version'),
    /** Of Prefect, such as `3.8.8`; needs credentials where the home asks for them. */
    prefectVersion: () => request<string>('GET', '/admin/version'),
    /** What the last sweep of each push pool found. */
    orphans: () => request<OrphansOfPool[]>('GET', '/orphans/'),
    /** Every type of work pool, by its name. */
    poolTypes: async (): Promise<Map<string, WorkerMetadata>> => {
      const view = await request<WorkerMetadataView>('GET', '/collections/views/aggregate-worker-metadata');
      return new Map(Object.values(view).flatMap((types) => Object.entries(types)));
    },
  };
}
