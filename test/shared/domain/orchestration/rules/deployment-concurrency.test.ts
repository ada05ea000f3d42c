import { describe, expect, it } from 'vitest';
import { answer, PAST, propose, runIn } from '../proposing.ts';

const _PERSISTED = { type: 'reference', storage_key: 'a' };

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
