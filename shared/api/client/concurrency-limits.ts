import type { Connection } from './connection.ts';
import { allPages } from './paging.ts';

/** Prefect's global concurrency limit (`/v2/concurrency_limits`). */
export interface ConcurrencyLimit {
  readonly id: string;
  readonly created: string;
  readonly updated: string;
  readonly name: string;
  readonly active: boolean;
  readonly limit: number;
  readonly active_slots: number;
  readonly denied_slots?: number;
  readonly slot_decay_per_second: number;
}

export type ConcurrencyLimitUpdate = Partial<
  Pick<ConcurrencyLimit, 'name' | 'active' | 'limit' | 'active_slots' | 'slot_decay_per_second'>
>;

export function concurrencyLimits({ request }: Connection) {
  const at = (name: string) => `/v2/concurrency_limits/${encodeURIComponent(name)}`;
  return {
    create: (body: ConcurrencyLimitUpdate & Pick<ConcurrencyLimit, 'name' | 'limit'>) =>
      request<ConcurrencyLimit>('POST', '/v2/concurrency_limits/', body),
    /** By name or id. */
    read: (name: string) => request<ConcurrencyLimit>('GET', at(name)),
    list: () =>
      allPages((limit, offset) =>
        request<ConcurrencyLimit[]>('POST', '/v2/concurrency_limits/filter', { limit, offset }),
      ),
    update: (name: string, body: ConcurrencyLimitUpdate) => request<null>('PATCH', at(name), body),
    delete: (name: string) => request<null>('DELETE', at(name)),
  };
}
