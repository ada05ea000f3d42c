import { ConflictError } from '../../domain/errors.ts';
import { keys } from '../../store/keys.ts';
import type { TaskDefinitions } from '../../targets/ecs/task-definitions.ts';
import type { App } from '../app.ts';

interface Known {
  /** Null while it is being registered. */
  readonly arn: string | null;
  readonly claimedUntil: string;
}

/** Who registers has this long before another takes its place. */
const CLAIM_SECONDS = 30;

/** Task definitions by the hash of their content, one item each: all runs, processes and functions share them. */
export function ecsDefinitions(app: App): TaskDefinitions {
  const keyOf = (hash: string) => keys.setting(`task-definition/${hash}`);
  const claimed = (): Known => ({
    arn: null,
    claimedUntil: new Date(app.clock.now().getTime() + CLAIM_SECONDS * 1000).toISOString(),
  });
  return {
    async claim(hash) {
      const key = keyOf(hash);
      const stored = await app.store.table.get<Known>(key);
      if (stored?.doc.arn) return { arn: stored.doc.arn };
      if (stored && new Date(stored.doc.claimedUntil) > app.clock.now()) return 'busy';
      const write = { key, doc: claimed() };
      try {
        await (stored ? app.store.table.replace(stored, write) : app.store.table.create(write));
        return 'register';
      } catch (error) {
        if (error instanceof ConflictError) return 'busy';
        throw error;
      }
    },
    async keep(hash, arn) {
      await app.store.table.put<Known>({ key: keyOf(hash), doc: { arn, claimedUntil: claimed().claimedUntil } });
    },
    async forget(hash) {
      await app.store.table.remove(keyOf(hash));
    },
  };
}
