import type { TaskRunRule } from '../task-run-facts.ts';

const MAX_CACHE_KEY_LENGTH = 2000;

/** any → COMPLETED: the state is remembered under its cache key; a key that is too long is named in a refusal that keeps the state. */
export const cacheInsertion: TaskRunRule = ({ proposed }) => {
  const key = proposed.state_details.cache_key;
  if (!key) return undefined;
  if (key.length <= MAX_CACHE_KEY_LENGTH) return { effects: ['insert-cache'] };
  const reason = `Cache key exceeded maximum allowed length of ${MAX_CACHE_KEY_LENGTH} characters.`;
  return { refusal: { status: 'REJECT', reason, state: proposed }, effects: ['insert-cache'] };
};
