import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlowRun } from '../../../../shared/domain/flow-run.ts';
import { isTerminal, STATE_TYPES, type StateProposal } from '../../../../shared/domain/states.ts';
import { answer, FUTURE, NOW, PAST, propose, runIn } from './proposing.ts';

describe('a flow run through its states', () => {
  it('answers as the real server does (prefect-api section 10)', () => {
    const due = runIn({ type: 'SCHEDULED', state_details: { scheduled_time: FUTURE } });
    const pending = propose(due, { type: 'PENDING' });
    const again = propose(pending.run, { type: 'PENDING' });
    const submitting = propose(pending.run, { type: 'PENDING', name: 'Submitting' });
    const early = propose(submitting.run, { type: 'RUNNING' });
    const running = propose(submitting.run, { type: 'RUNNING' }, { force: true });
    const suspended = propose(running.run, {
      type: 'PAUSED',
      name: 'Suspended',
      state_details: { pause_reschedule: true },
    });
    const resuming = propose(suspended.run, { type: 'SCHEDULED', name: 'Resuming' });
    const resumed = propose(resuming.run, { type: 'RUNNING' }, { now: new Date(NOW.getTime() + 1000) });
    const failed = propose(resumed.run, { type: 'FAILED' });
    const crashed = propose(failed.run, { type: 'CRASHED' });

    expect(pending.state?.state_details.scheduled_time).toBe(FUTURE);
    expect(again.result.status).toBe('ABORT');
    expect(early.result.details).toMatchObject({ type: 'wait_details', delay_seconds: 97_934_400 });
    expect([running, suspended, resuming, resumed, failed].map((asked) => answer(asked)[1])).toEqual(
      Array(5).fill('ACCEPT'),
    );
    expect(resumed.run.run_count).toBe(1);
    expect(answer(crashed)).toEqual([200, 'ABORT', 'Failed', 'Run is already in terminal state FAILED.']);
  });

  it('keeps its times: expected, scheduled, started, run, ended', () => {
    const at = (seconds: number) => ({ now: new Date(NOW.getTime() + seconds * 1000) });
    const scheduled = runIn({ type: 'SCHEDULED', state_details: { scheduled_time: PAST } });
    const pending = propose(scheduled, { type: 'PENDING' }, at(0)).run;
    const running = propose(pending, { type: 'RUNNING' }, at(1)).run;
    const paused = propose(running, { type: 'PAUSED' }, at(3)).run;
    const back = propose(paused, { type: 'RUNNING' }, at(10)).run;
    const done = propose(back, { type: 'COMPLETED' }, at(14)).run;
    const anew = propose(done, { type: 'SCHEDULED' }, at(20)).run;

    expect(scheduled).toMatchObject({ expected_start_time: PAST, next_scheduled_start_time: PAST, start_time: null });
    expect(pending.next_scheduled_start_time).toBeNull();
    expect(running).toMatchObject({ start_time: '2026-11-24T12:00:01.000000Z', run_count: 1, total_run_time: 0 });
    expect(done).toMatchObject({
      start_time: '2026-11-24T12:00:01.000000Z',
      end_time: '2026-11-24T12:00:14.000000Z',
      total_run_time: 6,
      expected_start_time: PAST,
    });
    expect(anew.end_time).toBeNull();
  });

  it('names itself, and the task that stands for it, in its states', () => {
    const { state } = propose(runIn({ type: 'PENDING' }, { parent_task_run_id: 'tr' }), { type: 'RUNNING' });

    expect(state?.state_details).toMatchObject({ flow_run_id: runIn(null).id, task_run_id: 'tr' });
  });

  it('may be born in any state', () => {
    expect(runIn({ type: 'COMPLETED' })).toMatchObject({
      state_type: 'COMPLETED',
      start_time: '2026-11-24T11:59:00.000000Z',
      end_time: '2026-11-24T11:59:00.000000Z',
    });
    expect(runIn({ type: 'RUNNING' }).run_count).toBe(1);
  });

  it('gives two states of the same instant different, rising timestamps', () => {
    const first = propose(runIn({ type: 'PENDING' }), { type: 'RUNNING' });
    const second = propose(first.run, { type: 'PAUSED' });
    const third = propose(second.run, { type: 'RUNNING' });

    expect([first, second, third].map((made) => made.state?.timestamp)).toEqual([
      '2026-11-24T12:00:00.000000Z',
      '2026-11-24T12:00:00.000001Z',
      '2026-11-24T12:00:00.000002Z',
    ]);
  });

  it('answers with the data as sent and keeps none that was not persisted', () => {
    const asked = propose(runIn({ type: 'RUNNING' }), { type: 'COMPLETED', data: { type: 'unpersisted' } });

    expect(asked.result.state?.data).toEqual({ type: 'unpersisted' });
    expect(asked.run.state?.data).toBeNull();
  });

  it('retries in process only in the state that its retry rule made (rule 7)', () => {
    const failing = runIn({ type: 'RUNNING' }, {}, { retries: 2 });
    const awaiting = propose(failing, { type: 'FAILED' }).run;

    expect(awaiting.empirical_policy.retry_type).toBe('in_process');
    expect(propose(awaiting, { type: 'RUNNING' }).run.empirical_policy.retry_type).toBeNull();
    const rescheduled = propose(awaiting, { type: 'SCHEDULED', name: 'AwaitingRetry' });
    expect(rescheduled.run.empirical_policy.retry_type).toBeNull();
    expect(rescheduled.inProcessRetry).toBe(false);
  });

  it('releases its slot when it leaves PENDING, RUNNING and CANCELLING, and not before', () => {
    const releases = (from: StateProposal, to: StateProposal) => propose(runIn(from), to).releaseSlot;

    expect(releases({ type: 'RUNNING' }, { type: 'COMPLETED' })).toBe(true);
    expect(releases({ type: 'PENDING' }, { type: 'CRASHED' })).toBe(true);
    expect(releases({ type: 'CANCELLING' }, { type: 'CANCELLED' })).toBe(true);
    expect(releases({ type: 'RUNNING' }, { type: 'SCHEDULED', name: 'AwaitingRetry' })).toBe(true);
    expect(releases({ type: 'PENDING' }, { type: 'RUNNING' })).toBe(false);
    expect(releases({ type: 'RUNNING' }, { type: 'CANCELLING' })).toBe(false);
    expect(releases({ type: 'SCHEDULED' }, { type: 'CANCELLED' })).toBe(false);
  });
});

const proposals = fc.record({
  type: fc.constantFrom(...STATE_TYPES),
  name: fc.constantFrom(null, 'Late', 'Submitting', 'Suspended', 'AwaitingRetry', 'Resuming'),
  data: fc.constantFrom(null, { type: 'unpersisted' }, { type: 'reference' }),
  state_details: fc.record({
    scheduled_time: fc.constantFrom(null, PAST, FUTURE),
    pause_reschedule: fc.boolean(),
    pause_key: fc.constantFrom(null, 'a'),
    pause_timeout: fc.constantFrom(null, PAST, FUTURE),
  }),
});
const steps = fc.array(fc.record({ proposal: proposals, force: fc.boolean() }), { maxLength: 12 });

describe('whatever is proposed', () => {
  const walk = (check: (before: FlowRun, asked: ReturnType<typeof propose>, force: boolean) => void) =>
    fc.assert(
      fc.property(steps, fc.constantFrom(null, 0, 2), (walked, retries) => {
        let run = runIn({ type: 'SCHEDULED' }, {}, { retries });
        for (const [index, { proposal, force }] of walked.entries()) {
          const asked = propose(run, proposal, { force, now: new Date(NOW.getTime() + index * 1000) });
          check(run, asked, force);
          run = asked.run;
        }
      }),
    );

  it('a refusal without a new state leaves the run as it was', () => {
    walk((before, asked) => {
      if (!asked.state) expect(asked.run).toBe(before);
      else expect(asked.run.state?.id).toBe(asked.state.id);
    });
  });

  it('the run shows its state, has an end exactly when it is over, and a next start exactly when it is scheduled', () => {
    walk((_, { run }) => {
      expect([run.state_type, run.state_name]).toEqual([run.state?.type, run.state?.name]);
      expect(run.end_time !== null).toBe(isTerminal(run.state_type));
      expect(run.next_scheduled_start_time !== null).toBe(run.state_type === 'SCHEDULED');
    });
  });

  it('a run that is over is not crashed, cancelled or paused unless forced', () => {
    walk((before, { state }, force) => {
      if (force || !isTerminal(before.state_type) || !state) return;
      expect(['CRASHED', 'CANCELLING', 'PAUSED']).not.toContain(state.type);
    });
  });

  it('`retry_type` is in_process only in the AwaitingRetry of an in-process retry', () => {
    walk((_, { run, state, inProcessRetry }) => {
      if (run.empirical_policy.retry_type !== 'in_process' || !state) return;
      if (state.type === 'SCHEDULED') expect(inProcessRetry).toBe(true);
      expect(state.type).not.toBe('RUNNING');
    });
  });
});
