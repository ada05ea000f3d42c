import type { Client } from '../../shared/api/client/client.ts';
import type { PoolProvisioned } from '../../shared/api/schemas/ui.ts';
import { absent } from '../absent.ts';

/** Tells the server what is there for a pool now, for the pool's page, and how it is named. A pool that is not there need not know. */
export async function recordInfrastructure(client: Client, pool: string, there: PoolProvisioned): Promise<void> {
  await client.workPools.recordInfrastructure(pool, there).catch(absent);
}

/** The names that were chosen when the pool was provisioned last, by what they name; none where nobody knows. */
export async function recordedNames(client: Client, pool: string): Promise<Readonly<Record<string, string>>> {
  const infrastructure = await client.workPools.infrastructure(pool).catch(absent);
  return infrastructure?.provisioned?.names ?? {};
}
