import type { App } from '../app.ts';
import { ownerOf } from '../concurrency/slot-owners.ts';
import { wakeNext } from '../concurrency/slot-wakes.ts';

/**
 * A pool whose credentials its cloud does not accept is NOT_READY, and its runs wait instead of failing one by one. Safe to run
 * twice; the first reason stays.
 */
export async function refusePool(app: App, poolId: string, reason: string): Promise<void> {
  const since = app.clock.now().toISOString();
  await app.store.workPools.update(poolId, (pool) => (pool.refused ? null : { ...pool, refused: { reason, since } }));
}

/**
 * Credentials were stored anew, or a pool's template changed: refused pools are tried again and their waiting runs go on. A pool
 * that is still refused is found so by its next run. Safe to run twice.
 */
export async function tryRefusedPools(app: App): Promise<void> {
  for await (const pool of app.store.workPools.list()) {
    if (!pool.refused) continue;
    await app.store.workPools.update(pool.id, ({ refused, ...ready }) => (refused ? ready : null));
    await wakeNext(app, ownerOf('pool', pool.id));
  }
}
