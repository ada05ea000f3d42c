import { describe, expect, it } from 'vitest';
import { answer, propose, runIn } from '../proposing.ts';

const PERSISTED = { type: 'reference', storage_key: 'a' };

describe('RetryFailedFlows', () => {
  it('awaits the next try in the same process, with message, data and lease', () => {
    const details = { deployment_concurrency_lease_id: 'l1' };
    const run = runIn(
      { type: 'RUNNING', state_details: details },
      {},
      { retries: 1, retry_delay: 30, pause_keys: ['a'] },
    );

    const asked = propose(run, { type: 'FAILED', message: 'boom', data: PERSISTED });

    expect(answer(asked)).toEqual([201, 'REJECT', 'AwaitingRetry', 'Retrying']);
    expect(asked.inProcessRetry).toBe(true);
    expect(asked.releaseSlot).toBe(false);
    expect(asked.state).toMatchObject({
      type: 'SCHEDULED',
      message: 'boom',
      data: PERSISTED,
      state_details: { ...details, scheduled_time: '2026-11-24T12:00:30.000000Z' },
    });
    expect(asked.run.empirical_policy).toMatchObject({ retry_type: 'in_process', pause_keys: [], resuming: false });
  });

  it('fails when no retry is left', () => {
    const none = propose(runIn({ type: 'RUNNING' }), { type: 'FAILED' });
    const used = propose(runIn({ type: 'RUNNING' }, { run_count: 1 }, { retries: 1 }), { type: 'FAILED' });

    expect(answer(none)).toEqual([201, 'ACCEPT', 'Failed']);
    expect(answer(used)).toEqual([201, 'ACCEPT', 'Failed']);
    expect(used.inProcessRetry).toBe(false);
    expect(used.releaseSlot).toBe(true);
  });

  it('does not retry a crash', () => {
    expect(answer(propose(runIn({ type: 'RUNNING' }, {}, { retries: 3 }), { type: 'CRASHED' }))[1]).toBe('ACCEPT');
  });
});
