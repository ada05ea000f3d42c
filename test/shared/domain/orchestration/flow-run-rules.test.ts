import { describe, expect, it } from 'vitest';
import { orchestrateLate } from '../../../../shared/domain/orchestration/flow-runs.ts';
import type { StateType } from '../../../../shared/domain/states.ts';
import { answer, FACTS, FUTURE, NOW, newId, PAST, propose, runIn } from './proposing.ts';

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

describe('EnforceCancellingToCancelled', () => {
  it.each(['COMPLETED', 'FAILED', 'CRASHED', 'RUNNING', 'SCHEDULED', 'CANCELLING'] as const)(
    'refuses %s of a run that is being cancelled',
    (type) => {
      expect(answer(propose(runIn({ type: 'CANCELLING' }), { type }))).toEqual([
        200,
        'REJECT',
        'Cancelling',
        'Cannot transition flows that are cancelling to a state other than Cancelled.',
      ]);
    },
  );

  it('accepts Cancelled, and anything by force', () => {
    const run = runIn({ type: 'CANCELLING' });

    expect(answer(propose(run, { type: 'CANCELLED' }))).toEqual([201, 'ACCEPT', 'Cancelled']);
    expect(answer(propose(run, { type: 'CRASHED' }, { force: true }))).toEqual([201, 'ACCEPT', 'Crashed']);
  });
});

describe('BypassCancellingWithoutInfrastructure', () => {
  const SCHEDULED = 'Scheduled flow run has no infrastructure to terminate.';

  it.each([false, true])('cancels a scheduled run without infrastructure at once (force: %s)', (force) => {
    expect(answer(propose(runIn({ type: 'SCHEDULED' }), { type: 'CANCELLING' }, { force }))).toEqual([
      201,
      'REJECT',
      'Cancelled',
      SCHEDULED,
    ]);
  });

  it('cancels a resuming run at once, whatever its pid says', () => {
    const run = runIn({ type: 'SCHEDULED', name: 'Resuming' }, { infrastructure_pid: 'old' });

    expect(answer(propose(run, { type: 'CANCELLING' }))).toEqual([201, 'REJECT', 'Cancelled', SCHEDULED]);
  });

  it('cancels a suspended run at once', () => {
    const run = runIn({ type: 'PAUSED', name: 'Suspended', state_details: { pause_reschedule: true } });

    expect(answer(propose(run, { type: 'CANCELLING' }))).toEqual([
      201,
      'REJECT',
      'Cancelled',
      'Suspended flow run has no infrastructure to terminate.',
    ]);
  });

  it('lets a run with infrastructure and a blocking pause be cancelling', () => {
    const awaitingRetry = runIn({ type: 'SCHEDULED', name: 'AwaitingRetry' }, { infrastructure_pid: 'p' });

    expect(answer(propose(awaitingRetry, { type: 'CANCELLING' }))).toEqual([201, 'ACCEPT', 'Cancelling']);
    expect(answer(propose(runIn({ type: 'PAUSED' }), { type: 'CANCELLING' }))).toEqual([201, 'ACCEPT', 'Cancelling']);
  });
});

describe('PreventPendingTransitions', () => {
  it.each([
    ['PENDING', 'Pending'],
    ['RUNNING', 'Running'],
    ['CANCELLED', 'Cancelled'],
  ] as const)('turns the second of two submitters away: %s', (type, name) => {
    const asked = propose(runIn({ type }), { type: 'PENDING' });

    const reason = `This run is in a ${type} state and cannot transition to a PENDING state.`;
    expect(answer(asked)).toEqual([200, 'ABORT', name, reason]);
  });

  it('lets a Pending run go on under another name, with its scheduled time and lease', () => {
    const details = { scheduled_time: FUTURE, deployment_concurrency_lease_id: 'l1' };
    const run = runIn({ type: 'PENDING', state_details: details });

    const submitting = propose(run, { type: 'PENDING', name: 'Submitting', state_details: { scheduled_time: PAST } });
    const starting = propose(submitting.run, { type: 'PENDING', name: 'InfrastructurePending' });

    expect(answer(submitting)).toEqual([201, 'ACCEPT', 'Submitting']);
    expect(starting.state?.state_details).toMatchObject(details);
    expect(answer(propose(starting.run, { type: 'PENDING', name: 'InfrastructurePending' }))[1]).toBe('ABORT');
    expect(answer(propose(starting.run, { type: 'PENDING' }))[1]).toBe('ABORT');
  });
});

describe('ValidateDeploymentConcurrencyAtRunning', () => {
  const leased = runIn({ type: 'PENDING', state_details: { deployment_concurrency_lease_id: 'l1' } });

  it('keeps a lease that was renewed', () => {
    const asked = propose(leased, { type: 'RUNNING', state_details: { deployment_concurrency_lease_id: 'other' } });

    expect(asked.state?.state_details.deployment_concurrency_lease_id).toBe('l1');
    expect(asked.takeSlot).toBe(false);
  });

  it('goes on under a new lease when the old one was lost and a slot is free', () => {
    const asked = propose(leased, { type: 'RUNNING' }, { facts: { leaseState: 'reacquired', newLeaseId: 'l2' } });

    expect(answer(asked)).toEqual([201, 'ACCEPT', 'Running']);
    expect(asked.state?.state_details.deployment_concurrency_lease_id).toBe('l2');
    expect(asked.takeSlot).toBe(true);
  });

  it('cancels a run that lost its slot for good', () => {
    const asked = propose(leased, { type: 'RUNNING' }, { facts: { leaseState: 'lost' } });

    expect(answer(asked)).toEqual([
      201,
      'REJECT',
      'Cancelled',
      'Deployment concurrency limit reached after lease expiry.',
    ]);
    expect(asked.state?.message).toBe(
      'Deployment concurrency slot lost during provisioning - no slots available to continue execution',
    );
    expect(asked.releaseSlot).toBe(true);
  });

  it('asks no lease of clients that cannot renew one', () => {
    const facts = { leaseState: 'lost', clientVersion: '3.4.10' } as const;

    expect(answer(propose(leased, { type: 'RUNNING' }, { facts }))[1]).toBe('ACCEPT');
  });
});

describe('SecureFlowConcurrencySlots', () => {
  const scheduled = runIn({ type: 'SCHEDULED', state_details: { scheduled_time: PAST } });
  const pending = { type: 'PENDING' } as const;

  it('takes a free slot and writes the lease into the state', () => {
    const asked = propose(scheduled, pending, { facts: { deploymentSlot: 'free', newLeaseId: 'l1' } });

    expect(answer(asked)).toEqual([201, 'ACCEPT', 'Pending']);
    expect(asked.takeSlot).toBe(true);
    expect(asked.state?.state_details.deployment_concurrency_lease_id).toBe('l1');
  });

  it('puts a run off by 30 s when the limit is full', () => {
    const asked = propose(scheduled, pending, { facts: { deploymentSlot: 'full' } });

    const reason = 'Deployment concurrency limit reached.';
    expect(answer(asked)).toEqual([201, 'REJECT', 'AwaitingConcurrencySlot', reason]);
    expect(asked.state?.state_details.scheduled_time).toBe('2026-11-24T12:00:30.000000Z');
    expect(asked.takeSlot).toBe(false);
  });

  it('leaves a parked run the time it was due', () => {
    const asked = propose(scheduled, pending, { facts: { deploymentSlot: 'full', parksForSlot: { message: null } } });

    expect(asked.state?.state_details.scheduled_time).toBe(PAST);
  });

  it('cancels a new run where the deployment wants that', () => {
    const asked = propose(scheduled, pending, { facts: { deploymentSlot: 'full', collisionStrategy: 'CANCEL_NEW' } });

    expect(answer(asked)).toEqual([201, 'REJECT', 'Cancelled', 'Deployment concurrency limit reached.']);
    expect(asked.state?.message).toBe('Deployment concurrency limit reached.');
  });

  it('aborts when the limit is 0 or the deployment is gone', () => {
    const zero = propose(scheduled, pending, { facts: { deploymentSlot: 'limit-zero' } });
    const gone = propose(scheduled, pending, { facts: { deploymentExists: false } });

    expect(answer(zero).slice(1)).toEqual([
      'ABORT',
      'Scheduled',
      'The deployment concurrency limit is 0. The flow will deadlock if submitted again.',
    ]);
    expect(answer(gone).slice(1)).toEqual(['ABORT', 'Scheduled', 'Deployment not found.']);
  });

  it('does not concern runs without a deployment, nor workers that take slots themselves', () => {
    const plain = runIn({ type: 'SCHEDULED' }, { deployment_id: null });

    expect(answer(propose(plain, pending, { facts: { deploymentExists: false } }))[1]).toBe('ACCEPT');
    const facts = { deploymentSlot: 'full', clientVersion: '3.0.3' } as const;
    expect(answer(propose(scheduled, pending, { facts }))[1]).toBe('ACCEPT');
  });
});

describe('RemoveLeaseForOldClients', () => {
  const leased = runIn({ type: 'PENDING', state_details: { deployment_concurrency_lease_id: 'l1' } });

  it.each([
    ['3.4.10', true],
    ['3.4.11', false],
    ['3.4.11rc1', true],
    ['3.8.8', false],
    ['4.0.0', false],
    [null, true],
  ])('client %s: the lease is forgotten: %s', (clientVersion, revoked) => {
    expect(propose(leased, { type: 'RUNNING' }, { facts: { clientVersion } }).revokeLease).toBe(revoked);
  });
});

describe('EnsureOnlyScheduledMarkedLate', () => {
  const late = { type: 'SCHEDULED', name: 'Late' } as const;

  it('marks a scheduled run once', () => {
    const marked = propose(runIn({ type: 'SCHEDULED' }), late);

    expect(answer(marked)).toEqual([201, 'ACCEPT', 'Late']);
    expect(answer(propose(marked.run, late))).toEqual([200, 'REJECT', 'Late', 'This flow run is already marked late.']);
  });

  it('marks no other run', () => {
    expect(answer(propose(runIn({ type: 'RUNNING' }), late))).toEqual([
      200,
      'REJECT',
      'Running',
      'Only scheduled flows can be marked late.',
    ]);
  });
});

describe('orchestrateLate', () => {
  const scheduled = runIn({ type: 'SCHEDULED', state_details: { scheduled_time: PAST } });

  it('keeps the time the run was due', () => {
    const { state, run } = orchestrateLate({ run: scheduled, facts: FACTS, now: NOW, newId });

    expect(state).toMatchObject({ name: 'Late', state_details: { scheduled_time: PAST } });
    expect(run.next_scheduled_start_time).toBe(PAST);
  });

  it('cancels the late run of a full deployment that cancels new runs', () => {
    const facts = { ...FACTS, deploymentSlot: 'full', collisionStrategy: 'CANCEL_NEW' } as const;

    expect(answer(orchestrateLate({ run: scheduled, facts, now: NOW, newId }))).toEqual([
      201,
      'REJECT',
      'Cancelled',
      'Deployment concurrency limit is full and uses the CANCEL_NEW strategy.',
    ]);
  });
});

describe('HandlePausingFlows', () => {
  const running = runIn({ type: 'RUNNING' });

  it('pauses a running flow and remembers the pause key', () => {
    const paused = propose(running, { type: 'PAUSED', state_details: { pause_key: 'k' } });

    expect(answer(paused)).toEqual([201, 'ACCEPT', 'Paused']);
    expect(paused.run.empirical_policy.pause_keys).toEqual(['k']);
    expect(propose(running, { type: 'PAUSED' }).run.empirical_policy.pause_keys).toHaveLength(1);
  });

  it.each(['SCHEDULED', 'PENDING', 'PAUSED'] as StateType[])('refuses it from %s', (type) => {
    const [, status, , reason] = answer(propose(runIn({ type }), { type: 'PAUSED' }));

    expect([status, reason]).toEqual(['REJECT', 'Cannot pause flows that are not currently running.']);
  });

  it('fires a pause once', () => {
    const run = runIn({ type: 'RUNNING' }, {}, { pause_keys: ['k'] });
    const proposal = { type: 'PAUSED', name: 'Suspended', state_details: { pause_key: 'k' } } as const;

    expect(answer(propose(run, proposal)).slice(1)).toEqual(['REJECT', 'Running', 'This suspend has already fired.']);
  });

  it('suspends neither subflows nor flows without a deployment', () => {
    const proposal = { type: 'PAUSED', name: 'Suspended', state_details: { pause_reschedule: true } } as const;
    const subflow = runIn({ type: 'RUNNING' }, { parent_task_run_id: 'p' });
    const plain = runIn({ type: 'RUNNING' }, { deployment_id: null });

    expect(answer(propose(subflow, proposal)).slice(1)).toEqual(['ABORT', 'Running', 'Cannot suspend subflows.']);
    expect(answer(propose(plain, proposal)).slice(1)).toEqual([
      'ABORT',
      'Running',
      'Cannot suspend flows without a deployment.',
    ]);
  });

  it('aborts for a run without a state', () => {
    expect(answer(propose(runIn(null), { type: 'PAUSED' })).slice(1)).toEqual([
      'ABORT',
      undefined,
      'Cannot pause flows with no state.',
    ]);
  });
});

describe('HandleResumingPausedFlows', () => {
  const suspended = (details = {}, given = {}) =>
    runIn({ type: 'PAUSED', name: 'Suspended', state_details: { pause_reschedule: true, ...details } }, given);

  it('resumes, and the next RUNNING is not another run', () => {
    const resuming = propose(suspended(), { type: 'SCHEDULED', name: 'Resuming' });
    const running = propose({ ...resuming.run, run_count: 1 }, { type: 'RUNNING' });

    expect(answer(resuming)).toEqual([201, 'ACCEPT', 'Resuming']);
    expect(resuming.run.empirical_policy.resuming).toBe(true);
    expect(running.run.run_count).toBe(1);
    expect(running.run.empirical_policy.resuming).toBe(false);
  });

  it('refuses states that a pause does not lead to', () => {
    expect(answer(propose(suspended(), { type: 'PENDING' }))).toEqual([
      200,
      'REJECT',
      'Suspended',
      'This run cannot transition to the StateType.PENDING state from the StateType.PAUSED state.',
    ]);
  });

  it('refuses a suspended run without a deployment', () => {
    expect(answer(propose(suspended({}, { deployment_id: null }), { type: 'SCHEDULED', name: 'Resuming' }))).toEqual([
      200,
      'REJECT',
      'Suspended',
      'Cannot reschedule a resuming flow run without a deployment.',
    ]);
  });

  it('fails a run that comes too late', () => {
    const asked = propose(suspended({ pause_timeout: PAST }), { type: 'SCHEDULED', name: 'Resuming' });

    expect(answer(asked)).toEqual([
      201,
      'REJECT',
      'Failed',
      'The flow run pause has timed out and can no longer resume.',
    ]);
    expect(asked.state?.message).toBe('The flow was resuming and never resumed.');
  });

  it('lets a blocking pause be cancelled after its time', () => {
    const run = runIn({ type: 'PAUSED', state_details: { pause_timeout: PAST } });

    expect(answer(propose(run, { type: 'CANCELLING' }))).toEqual([201, 'ACCEPT', 'Cancelling']);
  });
});

describe('CopyScheduledTime', () => {
  const scheduled = runIn({ type: 'SCHEDULED', state_details: { scheduled_time: FUTURE } });

  it('copies the time into the Pending state, unless that brings its own', () => {
    const copied = propose(scheduled, { type: 'PENDING' });
    const own = propose(scheduled, { type: 'PENDING', state_details: { scheduled_time: PAST } });

    expect(copied.state?.state_details.scheduled_time).toBe(FUTURE);
    expect(own.state?.state_details.scheduled_time).toBe(PAST);
  });
});

describe('WaitForScheduledTime', () => {
  it.each([
    ['2026-11-24T12:00:10.000000Z', 10],
    ['2026-11-24T12:00:10.500000Z', 10],
    ['2026-11-24T12:00:10.500001Z', 11],
    ['2026-11-24T12:00:00.600000Z', 1],
  ])('due at %s: wait %s s', (due, seconds) => {
    const asked = propose(runIn({ type: 'PENDING', state_details: { scheduled_time: due } }), { type: 'RUNNING' });

    expect(asked.result).toMatchObject({
      status: 'WAIT',
      details: { type: 'wait_details', delay_seconds: seconds, reason: 'Scheduled time is in the future' },
      state: { type: 'PENDING' },
    });
    expect(asked.state).toBeNull();
  });

  it('lets a run start that is due, or due within half a second, or forced', () => {
    const due = (time: string) => runIn({ type: 'PENDING', state_details: { scheduled_time: time } });

    expect(answer(propose(due('2026-11-24T12:00:00.400000Z'), { type: 'RUNNING' }))[1]).toBe('ACCEPT');
    expect(answer(propose(due(PAST), { type: 'RUNNING' }))[1]).toBe('ACCEPT');
    expect(answer(propose(due(FUTURE), { type: 'RUNNING' }, { force: true }))).toEqual([201, 'ACCEPT', 'Running']);
  });
});

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
