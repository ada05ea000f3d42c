import { describe, expect, it } from 'vitest';
import { jitteredSeconds } from '../../../../shared/domain/orchestration/jitter.ts';
import { orchestrateTaskRun, type TaskRunFacts } from '../../../../shared/domain/orchestration/task-runs.ts';
import type { StateProposal } from '../../../../shared/domain/states.ts';
import { DEFAULT_TASK_RUN_POLICY, type TaskRun, type TaskRunPolicy } from '../../../../shared/domain/task-run.ts';
import { FUTURE, NOW, newId, PAST } from './proposing.ts';

const FLOW_RUN = { id: 'fr', stateType: 'RUNNING', runCount: 1 } as const;

function propose(run: TaskRun, proposed: StateProposal, facts: Partial<TaskRunFacts> = {}, force = false) {
  return orchestrateTaskRun({ run, proposed, force, facts: { flowRun: FLOW_RUN, ...facts }, now: NOW, newId });
}

function taskIn(proposed: StateProposal | null, policy: Partial<TaskRunPolicy> = {}): TaskRun {
  const blank = { ...BLANK, empirical_policy: { ...DEFAULT_TASK_RUN_POLICY, ...policy } };
  return proposed ? propose(blank, proposed, {}, true).run : blank;
}

function answer({ result, state }: ReturnType<typeof propose>): unknown[] {
  const reason = 'reason' in result.details ? result.details.reason : null;
  return [state ? 201 : 200, result.status, result.state?.name, ...(reason === null ? [] : [reason])];
}

describe('a task run through its states', () => {
  it('counts its runs and names the later ones', () => {
    const running = propose(taskIn({ type: 'PENDING' }), { type: 'RUNNING' }).run;
    const again = propose(running, { type: 'RUNNING' });

    expect(running).toMatchObject({ run_count: 1, flow_run_run_count: 1, state_name: 'Running' });
    expect(again.run).toMatchObject({ run_count: 2, state_name: 'Rerunning' });
    expect(again.state?.state_details).toMatchObject({ flow_run_id: 'fr', task_run_id: BLANK.id });
  });

  it('takes a cached state instead of running', () => {
    const cached = taskIn({ type: 'COMPLETED', data: { type: 'reference' } }).state;
    const proposal = { type: 'RUNNING', state_details: { cache_key: 'k' } } as const;

    const asked = propose(taskIn(null), proposal, { cachedState: cached });

    expect(answer(asked)).toEqual([201, 'REJECT', 'Cached', 'Retrieved state from cache']);
    expect(asked.state).toMatchObject({ type: 'COMPLETED', data: { type: 'reference' } });
    expect(asked.state?.id).not.toBe(cached?.id);
    const refreshed = { type: 'RUNNING', state_details: { cache_key: 'k', refresh_cache: true } } as const;
    expect(answer(propose(taskIn(null), refreshed, { cachedState: cached }))[1]).toBe('ACCEPT');
  });

  it('is not crashed when it is over, and keeps a persisted result', () => {
    const completed = taskIn({ type: 'COMPLETED', data: { type: 'reference' } });

    expect(answer(propose(completed, { type: 'CRASHED' }))).toEqual([
      200,
      'ABORT',
      'Completed',
      'Run is already COMPLETED.',
    ]);
    expect(answer(propose(completed, { type: 'RUNNING' }))).toEqual([
      200,
      'REJECT',
      'Completed',
      'This run is already completed.',
    ]);
  });

  it('has all its retries again when its flow is retried', () => {
    const failed = { ...taskIn({ type: 'FAILED' }), run_count: 3, flow_run_run_count: 1 };

    const retried = propose(failed, { type: 'RUNNING' }, { flowRun: { ...FLOW_RUN, runCount: 2 } });

    expect(retried.run).toMatchObject({ run_count: 1, flow_run_run_count: 2, state_name: 'Retrying' });
  });

  it('runs only while its flow runs', () => {
    const stopped = propose(taskIn(null), { type: 'RUNNING' }, { flowRun: { ...FLOW_RUN, stateType: 'COMPLETED' } });
    const paused = propose(
      taskIn(null),
      { type: 'RUNNING' },
      { flowRun: { ...FLOW_RUN, stateType: 'PAUSED', pauseTimeout: FUTURE, pauseReschedule: true } },
    );

    expect(answer(stopped).slice(1)).toEqual([
      'ABORT',
      undefined,
      'The enclosing flow must be running to begin task execution.',
    ]);
    expect(answer(paused)).toEqual([
      201,
      'REJECT',
      'NotReady',
      'The flow is paused, new tasks can execute after resuming flow run: fr.',
    ]);
    expect(paused.state?.state_details).toMatchObject({ pause_timeout: FUTURE, pause_reschedule: true });
  });

  it('takes slots of the limits on its tags, waits when they are full, aborts at a limit of 0', () => {
    const ask = (slots: TaskRunFacts['slots']) => propose(taskIn(null), { type: 'RUNNING' }, { slots: slots! });

    expect(ask('free').takeSlots).toBe(true);
    expect(ask('unlimited').takeSlots).toBe(false);
    expect(ask({ kind: 'full', tags: ['a', 'b'], delaySeconds: 10 }).result).toMatchObject({
      status: 'WAIT',
      details: { delay_seconds: 10, reason: 'Concurrency limit reached for tags: a, b' },
    });
    expect(answer(ask({ kind: 'limit-zero', tag: 'a' })).at(-1)).toBe(
      'The concurrency limit on tag "a" is 0 and will deadlock if the task tries to run again.',
    );
  });

  it('retries a failure that is retriable, with the delay of its run', () => {
    const ask = (policy: Partial<TaskRunPolicy>, details = {}) =>
      propose(taskIn({ type: 'RUNNING' }, policy), { type: 'FAILED', message: 'm', state_details: details });

    const retried = ask({ retries: 1, retry_delay: [10, 20] });
    expect(answer(retried)).toEqual([201, 'REJECT', 'AwaitingRetry', 'Retrying']);
    expect(retried.state).toMatchObject({
      message: 'm',
      state_details: { scheduled_time: '2026-11-24T12:00:10.000000Z' },
    });
    expect(answer(ask({ retries: 1 }, { retriable: false }))).toEqual([201, 'ACCEPT', 'Failed']);
    expect(answer(ask({ retries: 0 }))).toEqual([201, 'ACCEPT', 'Failed']);
    expect(answer(ask({}))).toEqual([201, 'ACCEPT', 'Failed']);
    expect(answer(propose(retried.run, { type: 'RUNNING' }))[1]).toBe('WAIT');
    expect(
      propose(
        {
          ...retried.run,
          state: {
            ...retried.run.state!,
            state_details: { ...retried.run.state!.state_details, scheduled_time: PAST },
          },
        },
        { type: 'RUNNING' },
      ).run.state_name,
    ).toBe('Retrying');
  });

  it('is found under its cache key once completed; too long a key is refused and the state kept', () => {
    const complete = (cache_key: string) =>
      propose(taskIn({ type: 'RUNNING' }), { type: 'COMPLETED', state_details: { cache_key } });

    expect(complete('k').insertCache).toBe(true);
    expect(answer(complete('x'.repeat(2001)))).toEqual([
      201,
      'REJECT',
      'Completed',
      'Cache key exceeded maximum allowed length of 2000 characters.',
    ]);
  });

  it('goes to the task workers when deferred', () => {
    const deferred = { deferred: true } as const;
    const scheduled = propose(taskIn(null), {
      type: 'SCHEDULED',
      state_details: { ...deferred, task_parameters_id: 'p' },
    });
    const pending = propose(scheduled.run, { type: 'PENDING', state_details: deferred }, {}, true);

    expect(scheduled.enqueue).toBe(true);
    expect(pending.state?.state_details.task_parameters_id).toBe('p');
    expect(answer(propose(pending.run, { type: 'PENDING', state_details: deferred }))[1]).toBe('ABORT');
  });

  it('releases its slots with every state but RUNNING and CANCELLING', () => {
    const running = taskIn({ type: 'RUNNING' });

    expect(propose(running, { type: 'COMPLETED' }).releaseSlots).toBe(true);
    expect(propose(running, { type: 'CANCELLING' }).releaseSlots).toBe(false);
    expect(propose(running, { type: 'COMPLETED' }, {}, true).releaseSlots).toBe(true);
  });
});

describe('jitteredSeconds', () => {
  it('stays within its bounds around the average', () => {
    const drawn = Array.from({ length: 1000 }, (_, index) => jitteredSeconds(10, 0.3, index / 1000));

    expect(Math.max(...drawn)).toBeLessThanOrEqual(13);
    expect(Math.min(...drawn)).toBeGreaterThan(5);
    expect(drawn.reduce((sum, value) => sum + value) / 1000).toBeCloseTo(10, 0);
    expect(jitteredSeconds(0, 0.3, 0.5)).toBe(0);
  });
});

const BLANK: TaskRun = {
  id: 'aaaaaaaa-0000-4000-8000-00000000000a',
  created: PAST,
  updated: PAST,
  name: 't-0',
  flow_run_id: 'fr',
  task_key: 't',
  dynamic_key: '0',
  cache_key: null,
  cache_expiration: null,
  task_version: null,
  empirical_policy: DEFAULT_TASK_RUN_POLICY,
  tags: [],
  labels: {},
  state_id: null,
  task_inputs: {},
  state_type: null,
  state_name: null,
  state_timestamp: null,
  run_count: 0,
  flow_run_run_count: 0,
  expected_start_time: null,
  next_scheduled_start_time: null,
  start_time: null,
  end_time: null,
  total_run_time: 0,
  state: null,
};
