import type { Client } from '../../shared/api/client/client.ts';
import type { PoolProvisioned } from '../../shared/api/schemas/ui.ts';
import { absent } from '../absent.ts';

/** Tells the server what is there for a pool now, for the pool's page. A server of before this, or a pool that is gone, need not know. */
export async function recordInfrastructure(client: Client, pool: string, there: PoolProvisioned): Promise<void> {
  await client.workPools.recordInfrastructure(pool, there).catch(absent);
}
