import { describe, expect, it } from 'vitest';
import type { StateType } from '../../../../../shared/domain/states.ts';
import { answer, PAST, propose, runIn } from '../proposing.ts';

const _PERSISTED = { type: 'reference', storage_key: 'a' };

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
