import type { State, StateProposal } from '../../domain/states.ts';
import type { TaskRun } from '../../domain/task-run.ts';
import { TaskResultCache } from '../../store/task-result-cache.ts';
import { type App, timestamp } from '../app.ts';

/** The state that a task run about to run may take instead, as the rule for it (`cacheRetrieval`) needs it; null when there is none. */
export async function cachedStateFor(app: App, { type, state_details }: StateProposal): Promise<State | null> {
  const key = state_details?.cache_key;
  if (type !== 'RUNNING' || !key || state_details?.refresh_cache) return null;
  const cached = await cacheOf(app).newest(key, app.clock.now());
  if (!cached) return null;
  const states = (await app.store.taskRuns.get(cached.task_run_id))?.states ?? [];
  return states.find(({ id }) => id === cached.state_id) ?? null;
}

/** Makes the present state of a task run known under its cache key. May be repeated. */
export async function rememberResult(app: App, { id, state }: Pick<TaskRun, 'id' | 'state'>): Promise<void> {
  const key = state?.state_details.cache_key;
  if (!state || !key) return;
  const result = {
    task_run_id: id,
    state_id: state.id,
    inserted: timestamp(app),
    expires: state.state_details.cache_expiration,
  };
  await cacheOf(app).insert(key, result);
}

/** Asked for so seldom that it is no part of the store that every function loads. */
const cacheOf = ({ store }: App): TaskResultCache => new TaskResultCache(store.table);
