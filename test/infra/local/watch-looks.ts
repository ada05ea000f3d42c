import type { Home } from '../../../infra/local/home.ts';
import { keys } from '../../../shared/store/keys.ts';

/** The next minute of a pool's watch, now: as its timer calls it, without waiting for the minute. */
export async function watchLooks(home: Home, poolId: string, functionName: string): Promise<void> {
  const key = keys.below('workPool', poolId, 'WATCH');
  let generation = 0;
  await home.app.store.table.update<{ generation: number }>(key, (watch) => {
    generation = watch.generation;
    return { key, doc: { ...watch, leasedUntil: null } };
  });
  await home.functions.invoke(functionName, { step: 'watch', input: { pool_id: poolId, generation } });
}
