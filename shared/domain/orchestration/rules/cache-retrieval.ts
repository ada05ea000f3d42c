import type { TaskRunRule } from '../task-run-facts.ts';

/** any → RUNNING: a task run whose result is known under its cache key takes that state, named Cached, and does not run. */
export const cacheRetrieval: TaskRunRule = ({ proposed, facts, now, newId }) => {
  const { cache_key, refresh_cache } = proposed.state_details;
  if (!cache_key || refresh_cache || !facts.cachedState) return undefined;
  const state = { ...facts.cachedState, id: newId(), timestamp: now, name: 'Cached' };
  return { refusal: { status: 'REJECT', reason: 'Retrieved state from cache', state } };
};
