import type { WorkPool } from '../../../shared/api/client/work-pools.ts';
import { details } from '../../output/table.ts';

/** A pool for people. */
export const showPool = (pool: WorkPool): Promise<string> =>
  details({
    Name: pool.name,
    Type: pool.type,
    Status: pool.status ?? '-',
    Description: pool.description,
    'Concurrency limit': pool.concurrency_limit === null ? 'none' : String(pool.concurrency_limit),
    'Slots in use': pool.active_slots === null ? null : String(pool.active_slots),
    'Default queue': pool.default_queue_id,
    Id: pool.id,
    Defaults: defaultsOf(pool),
  });

/** Variables of the template that a deployment need not set. */
function defaultsOf(pool: WorkPool): Record<string, unknown> | null {
  const variables = pool.base_job_template['variables'] as { properties?: Record<string, { default?: unknown }> };
  const set = Object.entries(variables?.properties ?? {}).filter(([, { default: value }]) => value != null);
  return set.length === 0 ? null : Object.fromEntries(set.map(([name, { default: value }]) => [name, value]));
}
