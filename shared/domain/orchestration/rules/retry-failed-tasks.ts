import { addSeconds } from '../../utc.ts';
import { jitteredSeconds } from '../jitter.ts';
import type { TaskRunRule } from '../task-run-facts.ts';

/**
 * RUNNING → FAILED: while retries are left and the failure is retriable the task run awaits its next try, keeping message and
 * data. A list of delays is indexed by run count, its last entry repeats.
 */
export const retryFailedTasks: TaskRunRule = ({ run, initial, proposed, facts, now, newState }) => {
  const { retries, retry_delay, retry_jitter_factor } = run.empirical_policy;
  if (!initial || proposed.state_details.retriable === false) return undefined;
  if (retries === null || run.run_count > retries) return undefined;
  const delay = Array.isArray(retry_delay)
    ? (retry_delay[Math.min(run.run_count, retry_delay.length) - 1] ?? 0)
    : (retry_delay ?? 0);
  const seconds =
    retry_jitter_factor && delay > 0 ? jitteredSeconds(delay, retry_jitter_factor, facts.random ?? 0.5) : delay;
  const state = newState({
    type: 'SCHEDULED',
    name: 'AwaitingRetry',
    message: proposed.message,
    data: proposed.data,
    state_details: { scheduled_time: addSeconds(now, seconds) },
  });
  return { refusal: { status: 'REJECT', reason: 'Retrying', state } };
};
