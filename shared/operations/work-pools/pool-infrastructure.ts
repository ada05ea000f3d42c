import type { PoolProvisioned } from '../../api/schemas/ui.ts';
import { keys } from '../../store/keys.ts';
import type { App } from '../app.ts';
import { readWorkPoolByName } from './work-pool-lookup.ts';

/** What a push pool stands on: whether its cloud accepts its credentials, and what was made for it there. */
export interface PoolInfrastructure {
  /** In the cloud's words why its credentials were refused; its runs wait until they are stored anew. */
  readonly refused: { readonly reason: string; readonly since: string } | null;
  /** As whoever provisioned last said; null for a pool that was set up by hand. */
  readonly provisioned: (PoolProvisioned & { readonly at: string }) | null;
}

const keyOf = (poolId: string) => keys.below('workPool', poolId, 'PROVISIONED');

/** Throws 404. */
export async function readPoolInfrastructure(app: App, name: string): Promise<PoolInfrastructure> {
  const pool = await readWorkPoolByName(app, name);
  const stored = await app.store.table.get<NonNullable<PoolInfrastructure['provisioned']>>(keyOf(pool.id));
  // Names are remembered since a later version.
  return {
    refused: pool.refused ?? null,
    provisioned: stored ? { ...stored.doc, names: stored.doc.names ?? {} } : null,
  };
}

/** Remembers what is there for the pool now; the last one to say so is believed. Throws 404. */
export async function recordProvisioned(app: App, name: string, provisioned: PoolProvisioned): Promise<void> {
  const pool = await readWorkPoolByName(app, name);
  const { place, things, names } = provisioned;
  const doc = { place, things, names, at: app.clock.now().toISOString() };
  await app.store.table.put({ key: keyOf(pool.id), doc });
}

/** With the pool goes what is known of its infrastructure. May be repeated. */
export async function forgetProvisioned(app: App, poolId: string): Promise<void> {
  await app.store.table.remove(keyOf(poolId));
}
