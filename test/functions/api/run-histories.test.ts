import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';

const NOON = new Date('2026-11-24T12:00:00Z');
const DAY = { history_start: '2026-11-24T00:00:00Z', history_end: '2026-11-25T00:00:00Z' };

describe('histories of runs', () => {
  let home: TestApp;
  let flowId: string;
  beforeAll(async () => {
    home = await testApp({ now: NOON });
    flowId = (await home.call('POST', '/flows/', { name: 'f' })).body.id;
    const run = (state: unknown) => home.call('POST', '/flow_runs/', { flow_id: flowId, state });
    const due = (scheduled_time: string) => ({ type: 'SCHEDULED', state_details: { scheduled_time } });
    await run({ type: 'COMPLETED' });
    await run({ type: 'FAILED' });
    await run({ type: 'FAILED' });
    await run(due('2026-11-24T11:59:00Z'));
    await run(due('2026-11-26T00:00:00Z'));
    const parent = (await run({ type: 'RUNNING' })).body.id;
    await home.call('POST', '/task_runs/', { flow_run_id: parent, task_key: 't', dynamic_key: '0' });
  });
  afterAll(() => home.close());

  it('count runs by state in intervals of their expected start, silent intervals included', async () => {
    const body = { ...DAY, history_interval_seconds: 43_200 };

    const { body: intervals } = await home.call('POST', '/flow_runs/history', body);

    expect(intervals.map((interval: { states: unknown }) => interval.states)).toEqual([
      [
        {
          ...{ state_type: 'SCHEDULED', state_name: 'Scheduled', count_runs: 1 },
          ...{ sum_estimated_run_time: 0, sum_estimated_lateness: 60 },
        },
      ],
      ['COMPLETED', 'FAILED', 'RUNNING'].map((type) => expect.objectContaining({ state_type: type })),
    ]);
    expect(intervals[0]).toMatchObject({
      interval_start: '2026-11-24T00:00:00.000000Z',
      interval_end: '2026-11-24T12:00:00.000000Z',
    });
    expect(intervals[1].states[1].count_runs).toBe(2);
  });

  it('have at most 500 intervals, none for a span without length, and none under a second', async () => {
    const history = async (body: unknown) => home.call('POST', '/flow_runs/history', body);

    expect((await history({ ...DAY, history_interval_seconds: 1 })).body).toHaveLength(500);
    expect((await history({ ...DAY, history_end: DAY.history_start, history_interval_seconds: 60 })).body).toEqual([]);
    const tooShort = await history({ ...DAY, history_interval_seconds: 0.5 });
    expect([tooShort.status, tooShort.body]).toEqual([
      422,
      { detail: 'History interval must not be less than 1 second.' },
    ]);
  });

  it('take filters', async () => {
    const body = { ...DAY, history_interval_seconds: 86_400, flow_runs: { state: { type: { any_: ['FAILED'] } } } };

    const { body: intervals } = await home.call('POST', '/flow_runs/history', body);

    expect(intervals[0].states).toEqual([expect.objectContaining({ state_type: 'FAILED', count_runs: 2 })]);
  });

  it('count task runs as well', async () => {
    const { body } = await home.call('POST', '/task_runs/history', { ...DAY, history_interval_seconds: 86_400 });

    expect(body[0].states).toEqual([expect.objectContaining({ state_type: 'PENDING', count_runs: 1 })]);
  });

  it('tell the mean lateness in seconds, null without runs', async () => {
    const lateness = async (flow_runs: unknown) => (await home.call('POST', '/flow_runs/lateness', { flow_runs })).body;

    expect(await lateness({ state: { type: { any_: ['SCHEDULED'] } } })).toBe(30);
    expect(await lateness({ name: { any_: ['nobody'] } })).toBeNull();
  });
});
