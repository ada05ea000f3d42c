import { describe, expect, it } from 'vitest';
import { answer, FUTURE, PAST, propose, runIn } from '../proposing.ts';

const _PERSISTED = { type: 'reference', storage_key: 'a' };

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
