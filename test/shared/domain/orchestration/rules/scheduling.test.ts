import { describe, expect, it } from 'vitest';
import { orchestrateLate } from '../../../../../shared/domain/orchestration/flow-runs.ts';
import { answer, FACTS, FUTURE, NOW, newId, PAST, propose, runIn } from '../proposing.ts';

const _PERSISTED = { type: 'reference', storage_key: 'a' };

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
