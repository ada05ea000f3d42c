import { describe, expect, it } from 'vitest';
import { answer, propose, runIn } from '../proposing.ts';

const PERSISTED = { type: 'reference', storage_key: 'a' };

describe('PreserveLease', () => {
  it('keeps the lease of the present state when the proposal has none', () => {
    const run = runIn({ type: 'RUNNING', state_details: { deployment_concurrency_lease_id: 'l1' } });

    const { state } = propose(run, { type: 'PAUSED', state_details: { deployment_concurrency_lease_id: null } });

    expect(state?.state_details.deployment_concurrency_lease_id).toBe('l1');
  });

  it('leaves a lease that the proposal brings', () => {
    const run = runIn({ type: 'RUNNING', state_details: { deployment_concurrency_lease_id: 'l1' } });

    const { state } = propose(run, { type: 'PAUSED', state_details: { deployment_concurrency_lease_id: 'l2' } });

    expect(state?.state_details.deployment_concurrency_lease_id).toBe('l2');
  });
});

describe('PreventDuplicateTransitions', () => {
  const proposal = { type: 'RUNNING', state_details: { transition_id: 't1' } } as const;

  it('answers a repeated transition with the present state', () => {
    const once = propose(runIn({ type: 'PENDING' }), proposal);

    const twice = propose(once.run, proposal);

    expect(answer(once)).toEqual([201, 'ACCEPT', 'Running']);
    expect(answer(twice)).toEqual([200, 'REJECT', 'Running', 'This run has already made this state transition.']);
    expect(twice.run).toBe(once.run);
    expect(twice.result.state?.id).toBe(once.state?.id);
  });

  it('accepts another transition id, and proposals without one', () => {
    const { run } = propose(runIn({ type: 'PENDING' }), proposal);

    expect(propose(run, { type: 'RUNNING', state_details: { transition_id: 't2' } }).state).not.toBeNull();
    expect(propose(run, { type: 'RUNNING' }).state).not.toBeNull();
  });
});

describe('HandleFlowTerminalStateTransitions', () => {
  it.each(['CANCELLING', 'PAUSED', 'CRASHED'] as const)('aborts %s of a run that is over', (type) => {
    const asked = propose(runIn({ type: 'FAILED' }), { type });

    expect(answer(asked)).toEqual([200, 'ABORT', 'Failed', 'Run is already in terminal state FAILED.']);
  });

  it('keeps a completed run with a persisted result from starting anew', () => {
    const asked = propose(runIn({ type: 'COMPLETED', data: PERSISTED }), { type: 'SCHEDULED' });

    expect(answer(asked)).toEqual([200, 'REJECT', 'Completed', 'Run is already COMPLETED.']);
  });

  it('lets a completed run without a persisted result start anew', () => {
    const unpersisted = runIn({ type: 'COMPLETED', data: { type: 'unpersisted' } });

    expect(answer(propose(unpersisted, { type: 'SCHEDULED' }))).toEqual([201, 'ACCEPT', 'Scheduled']);
    expect(answer(propose(runIn({ type: 'COMPLETED', data: {} }), { type: 'RUNNING' }))[1]).toBe('ACCEPT');
  });

  it('aborts rescheduling without a deployment', () => {
    const asked = propose(runIn({ type: 'FAILED' }, { deployment_id: null }), { type: 'SCHEDULED' });

    expect(answer(asked)).toEqual([
      200,
      'ABORT',
      'Failed',
      'Cannot reschedule a run without an associated deployment.',
    ]);
  });

  it('forgets pauses and retries of a run that starts anew', () => {
    const run = runIn({ type: 'FAILED' }, {}, { pause_keys: ['a'], resuming: true, retry_type: 'in_process' });

    expect(propose(run, { type: 'SCHEDULED' }).run.empirical_policy).toMatchObject({
      pause_keys: [],
      resuming: false,
      retry_type: 'reschedule',
    });
    expect(propose(run, { type: 'RUNNING' }).run.empirical_policy).toMatchObject({ pause_keys: [], retry_type: null });
  });

  it('takes that back when a later rule refuses', () => {
    const run = runIn({ type: 'FAILED' }, {}, { pause_keys: ['a'] });

    const asked = propose(run, { type: 'PENDING' }, { facts: { deploymentSlot: 'full' } });

    expect(asked.state?.name).toBe('AwaitingConcurrencySlot');
    expect(asked.run.empirical_policy.pause_keys).toEqual(['a']);
  });
});

describe('PreventResultDataLoss', () => {
  const completed = runIn({ type: 'COMPLETED', data: PERSISTED });

  it.each([false, true])('keeps a persisted result from being overwritten by none (force: %s)', (force) => {
    expect(answer(propose(completed, { type: 'COMPLETED' }, { force }))).toEqual([
      200,
      'REJECT',
      'Completed',
      'Cannot overwrite a COMPLETED state that carries persisted result data with one that does not.',
    ]);
  });

  it('accepts a newer persisted result', () => {
    expect(answer(propose(completed, { type: 'COMPLETED', data: { type: 'other' } }))[1]).toBe('ACCEPT');
  });
});
