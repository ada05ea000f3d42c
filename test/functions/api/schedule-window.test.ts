import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repairAll } from '../../../shared/operations/repair.ts';
import { type TestApp, testApp } from '../../test-app.ts';

const cron = (expression: string) => ({ cron: expression, timezone: 'UTC', day_or: true });

interface Run {
  id: string;
  expected_start_time: string;
  [field: string]: unknown;
}

describe('the upcoming runs of a schedule', () => {
  let home: TestApp;
  let flowId: string;
  beforeEach(async () => {
    home = await testApp({ now: new Date('2026-11-24T10:00:30Z') });
    await home.call('POST', '/work_pools/', { name: 'push', type: 'process:push', base_job_template: {} });
    await home.call('POST', '/work_pools/', { name: 'work', type: 'process', base_job_template: {} });
    flowId = (await home.call('POST', '/flows/', { name: 'flow' })).body.id;
  });
  afterEach(() => home.close());

  const deploy = async (schedules: object[], body: object = {}): Promise<string> => {
    const made = await home.call('POST', '/deployments/', {
      name: 'd',
      flow_id: flowId,
      work_pool_name: 'push',
      schedules,
      tags: ['t'],
      enforce_parameter_schema: false,
      ...body,
    });
    expect(made.status).toBeLessThan(300);
    return made.body.id;
  };
  const runs = async (): Promise<Run[]> =>
    (await home.call('POST', '/flow_runs/filter', { sort: 'EXPECTED_START_TIME_ASC', limit: 200 })).body;
  const times = async () => (await runs()).map((run) => run.expected_start_time.slice(0, 16));
  const written = async (work: () => Promise<unknown>) => {
    const before = home.consumed.length;
    await work();
    return home.consumed.slice(before).filter(({ operation }) => operation === 'put' || operation === 'remove').length;
  };

  it('are made with the deployment, in the shape in which Prefect makes them (prefect-api 5.4)', async () => {
    const id = await deploy([{ schedule: cron('0 12 * * *'), slug: 'noon', parameters: { n: 2 } }], {
      parameters: { n: 1, m: 1 },
      version: 'v',
    });
    const [schedule] = (await home.call('GET', `/deployments/${id}`)).body.schedules;

    expect((await runs())[0]).toMatchObject({
      name: expect.stringMatching(/^[a-z]+-[a-z]+$/),
      flow_id: flowId,
      deployment_id: id,
      deployment_version: 'v',
      auto_scheduled: true,
      tags: ['auto-scheduled', 't'],
      parameters: { n: 2, m: 1 },
      work_pool_name: 'push',
      work_queue_name: 'default',
      expected_start_time: '2026-11-24T12:00:00.000000Z',
      next_scheduled_start_time: '2026-11-24T12:00:00.000000Z',
      created_by: { id: schedule.id, type: 'SCHEDULE', display_value: 'noon' },
      idempotency_key: `scheduled ${id} ${schedule.id} 2026-11-24 12:00:00+00:00`,
      state: { type: 'SCHEDULED', name: 'Scheduled', message: 'Flow run scheduled' },
      run_count: 0,
    });
    expect(await times()).toEqual(['2026-11-24T12:00', '2026-11-25T12:00', '2026-11-26T12:00']);
  });

  it('are at least three and reach an hour ahead, at most a hundred, no further than a hundred days', async () => {
    const counts = async (schedule: object, body: object = {}) => {
      await deploy([{ schedule, ...body }]);
      return (await runs()).length;
    };

    expect(await counts(cron('0 0 1 1 *'))).toBe(1); // New Year's Day is within 100 days, the next is not
    expect(await counts(cron('0 0 1 7 *'))).toBe(0);
    expect(await counts(cron('0 * * * *'))).toBe(3);
    expect(await counts(cron('*/5 * * * *'))).toBe(13);
    expect(await counts({ interval: 5 })).toBe(100);
    expect(await counts(cron('*/5 * * * *'), { max_scheduled_runs: 2 })).toBe(2);
    expect(await counts(cron('*/5 * * * *'), { active: false })).toBe(0);
  });

  it('are not armed but for the next: one execution, one guard', async () => {
    await deploy([{ schedule: cron('*/5 * * * *') }]);

    expect(home.started.map(({ input }) => input.flow_run_id)).toEqual([(await runs())[0]?.id]);
    expect([...home.timers.keys()]).toEqual([expect.stringMatching(/^guard-/)]);
  });

  it('stay as they are when the same is deployed again, at the price of two writes', async () => {
    const schedules = [{ schedule: cron('* * * * *'), slug: 's' }, { schedule: cron('0 * * * *') }];
    await deploy(schedules);
    const before = await runs();

    const writes = await written(() => deploy(schedules));

    expect(await runs()).toEqual(before);
    expect(writes).toBeLessThanOrEqual(2);
  });

  it('follow a change of schedule, parameters, tags or place, each once', async () => {
    await deploy([{ schedule: cron('0 * * * *'), slug: 's' }]);

    await deploy([{ schedule: cron('30 * * * *'), slug: 's' }], { parameters: { n: 3 }, tags: ['u'] });

    expect(await times()).toEqual(['2026-11-24T10:30', '2026-11-24T11:30', '2026-11-24T12:30']);
    expect((await runs())[0]).toMatchObject({ parameters: { n: 3 }, tags: ['auto-scheduled', 'u'] });
  });

  it('of one schedule change alone: the others keep theirs', async () => {
    const id = await deploy([
      { schedule: cron('0 * * * *'), slug: 'kept' },
      { schedule: cron('30 * * * *'), slug: 'changed' },
    ]);
    const kept = (await runs()).filter((run) => run.expected_start_time.slice(14, 16) === '00');
    const changed = (await home.call('GET', `/deployments/${id}/schedules`)).body.find(
      (schedule: { slug: string }) => schedule.slug === 'changed',
    );

    await home.call('PATCH', `/deployments/${id}/schedules/${changed.id}`, { schedule: cron('45 * * * *') });

    expect(await times()).toEqual(
      ['10:45', '11:00', '11:45', '12:00', '12:45', '13:00'].map((hm) => `2026-11-24T${hm}`),
    );
    expect((await runs()).filter((run) => run.expected_start_time.slice(14, 16) === '00')).toEqual(kept);
  });

  it.each([
    [
      'a schedule is switched off',
      (id: string, schedule: string) =>
        home.call('PATCH', `/deployments/${id}/schedules/${schedule}`, { active: false }),
    ],
    [
      'a schedule is deleted',
      (id: string, schedule: string) => home.call('DELETE', `/deployments/${id}/schedules/${schedule}`),
    ],
    ['the deployment is paused', (id: string) => home.call('POST', `/deployments/${id}/pause_deployment`)],
    [
      'the deployment is paused by a change',
      (id: string) => home.call('PATCH', `/deployments/${id}`, { paused: true }),
    ],
    ['the deployment is deleted', (id: string) => home.call('DELETE', `/deployments/${id}`)],
    ['it is deployed again without schedules', () => deploy([])],
  ])('go when %s, due or not; so does the guard', async (_what, act) => {
    const id = await deploy([{ schedule: cron('* * * * *') }]);
    const [schedule] = (await home.call('GET', `/deployments/${id}/schedules`)).body;
    home.advance(90);

    await act(id, schedule.id);

    expect(await runs()).toEqual([]);
    expect(home.timers.size).toBe(0);
  });

  it('stay when they have begun, and come again after a pause', async () => {
    const id = await deploy([{ schedule: cron('* * * * *') }]);
    const [first] = await runs();
    home.advance(60);
    await home.call('POST', `/flow_runs/${first?.id}/set_state`, { state: { type: 'PENDING' } });

    await home.call('POST', `/deployments/${id}/pause_deployment`);
    expect((await runs()).map((run) => run.id)).toEqual([first?.id]);
    await home.call('POST', `/deployments/${id}/resume_deployment`);

    expect(await times()).toHaveLength(62);
    expect((await times()).slice(0, 2)).toEqual(['2026-11-24T10:01', '2026-11-24T10:02']);
  });

  it('are made by the repair when the process died after the change was stored (rule 2)', async () => {
    const { create } = home.app.store.flowRuns;
    home.app.store.flowRuns.create = () => Promise.reject(new Error('killed'));
    await deploy([{ schedule: cron('0 * * * *') }]);
    home.app.store.flowRuns.create = create;
    expect(await runs()).toEqual([]);

    expect(await repairAll(home.app)).toBe(1);

    expect(await times()).toHaveLength(3);
    expect(await repairAll(home.app)).toBe(0);
  });

  it('never show what is ours alone in the answer of a deployment', async () => {
    const id = await deploy([{ schedule: cron('0 * * * *') }]);

    const { body } = await home.call('GET', `/deployments/${id}`);

    expect(Object.keys(body).filter((key) => /version|settled/.test(key))).toEqual(['version']);
  });

  describe('asked for by POST /schedule', () => {
    it('are made in a span, each once; those in the past start at once', async () => {
      const id = await deploy([{ schedule: cron('0 * * * *') }]);
      const span = { start_time: '2026-11-24T07:30:00Z', end_time: '2026-11-24T10:00:00Z' };

      const answer = await home.call('POST', `/deployments/${id}/schedule`, span);
      await home.call('POST', `/deployments/${id}/schedule`, span);

      expect([answer.status, answer.body]).toEqual([200, null]);
      expect(await times()).toEqual(
        ['08:00', '09:00', '10:00', '11:00', '12:00', '13:00'].map((hm) => `2026-11-24T${hm}`),
      );
      const started = home.started.map(({ input }) => input.flow_run_id);
      expect(started).toEqual(expect.arrayContaining((await runs()).slice(0, 3).map((run) => run.id)));
    });

    it('reach as far as is asked, and nothing happens to a deployment that is paused or unknown', async () => {
      const id = await deploy([{ schedule: cron('0 * * * *') }]);

      await home.call('POST', `/deployments/${id}/schedule`, { min_runs: 5, max_runs: 5 });
      expect(await times()).toHaveLength(5);
      await home.call('POST', `/deployments/${id}/pause_deployment`);
      expect((await home.call('POST', `/deployments/${id}/schedule`)).status).toBe(200);
      expect(await times()).toEqual([]);
      expect((await home.call('POST', `/deployments/${flowId}/schedule`, {})).status).toBe(200);
    });
  });

  describe('that workers run', () => {
    const poll = async () => {
      const before = new Date(home.app.clock.now().getTime() + 10_000).toISOString();
      const answer = await home.call('POST', '/work_pools/work/get_scheduled_flow_runs', { scheduled_before: before });
      return answer.body.map(({ flow_run }: { flow_run: Run }) => flow_run.expected_start_time.slice(11, 16));
    };

    it('have no execution, and are topped up by polls (rule 12)', async () => {
      await deploy([{ schedule: cron('*/5 * * * *') }], { work_pool_name: 'work' });
      expect((await times()).at(-1)).toBe('2026-11-24T11:05');
      home.advance(5 * 60);

      expect(await poll()).toEqual(['10:05']);

      expect(home.started).toEqual([]);
      expect((await times()).at(-1)).toBe('2026-11-24T11:10');
    });

    it('cost a poll nothing more until the next is due', async () => {
      await deploy([{ schedule: cron('*/5 * * * *') }], { work_pool_name: 'work' });
      home.advance(4.5 * 60);
      await poll();

      expect(await written(poll)).toBe(0);
    });

    it('of an older version are not handed out', async () => {
      const id = await deploy([{ schedule: cron('*/5 * * * *'), slug: 's' }], { work_pool_name: 'work' });
      await home.app.store.deployments.update(id, (doc) => {
        const versions = Object.entries(doc.schedule_versions!).map(([key, one]) => [key, { ...one, version: 2 }]);
        return { ...doc, schedule_versions: Object.fromEntries(versions) };
      });
      home.advance(4.5 * 60);

      expect(await poll()).toEqual([]);
    });
  });
});
