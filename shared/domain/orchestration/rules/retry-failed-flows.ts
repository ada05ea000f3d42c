import { addSeconds } from '../../utc.ts';
import type { FlowRunRule } from '../flow-run-facts.ts';
import { withPolicy } from '../transition.ts';

/**
 * RUNNING → FAILED: while retries are left the run awaits its next try, in the process that lives, keeping its lease, its
 * message and its data; when none are left it fails.
 */
export const retryFailedFlows: FlowRunRule = ({ run, initial, proposed, now, newState }) => {
  if (!initial) return undefined;
  const { retries, retry_delay } = run.empirical_policy;
  if (retries === null || run.run_count > retries) return { run: withPolicy(run, { retry_type: null }) };
  const state = newState({
    type: 'SCHEDULED',
    name: 'AwaitingRetry',
    message: proposed.message,
    data: proposed.data,
    state_details: {
      scheduled_time: addSeconds(now, retry_delay ?? 0),
      deployment_concurrency_lease_id: initial.state_details.deployment_concurrency_lease_id,
    },
  });
  return {
    refusal: { status: 'REJECT', reason: 'Retrying', state },
    run: withPolicy(run, { resuming: false, pause_keys: [], retry_type: 'in_process' }),
  };
};
