import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cron, type VirtualTime, virtualTime } from './virtual-time.ts';

/** What the program does when there is nothing to do. Whoever adds something that ticks sees it here. */
describe('a day without anything due', () => {
  let time: VirtualTime;
  beforeAll(async () => {
    time = await virtualTime({ now: '2026-11-24T12:00:00Z' });
    await time.home.call('POST', '/work_pools/', { name: 'push', type: 'process:push', base_job_template: {} });
    const flow = await time.home.call('POST', '/flows/', { name: 'flow' });
    const deploy = (name: string, body: object) =>
      time.home.call('POST', '/deployments/', { name, flow_id: flow.body.id, work_pool_name: 'push', ...body });
    for (let number = 0; number < 100; number++) {
      await deploy(`paused-${number}`, { paused: true, schedules: [{ schedule: cron('* * * * *') }] });
      await deploy(`yearly-${number}`, { schedules: [{ schedule: cron(`${number % 60} 12 1 7 *`) }] });
    }
  }, 120_000);
  afterAll(() => time.home.close());

  it('costs nothing with 100 paused and 100 yearly schedules: no call, no firing, no execution', async () => {
    const before = time.home.consumed.length;

    await time.until('2026-11-25T12:00:00Z');

    expect(time.home.consumed.length - before).toBe(0);
    expect(time.firings).toEqual([]);
    expect(time.home.started).toEqual([]);
  });

  it('has one timer standing for each schedule that is live, and none for the paused', () => {
    expect([...time.home.timers.keys()].filter((name) => name.startsWith('guard-'))).toHaveLength(100);
    expect(time.home.timers.size).toBe(100);
  });
});

/** What acts by itself acts when something happens, and is not there otherwise. */
describe('a day on which nothing happens that 1,000 automations wait for', () => {
  let time: VirtualTime;
  beforeAll(async () => {
    time = await virtualTime({ now: '2026-11-24T12:00:00Z' });
    const flow = await time.home.call('POST', '/flows/', { name: 'flow' });
    const schedules = [{ schedule: cron('0 12 1 7 *') }];
    await time.home.call('POST', '/work_pools/', { name: 'push', type: 'process:push', base_job_template: {} });
    const body = { name: 'yearly', flow_id: flow.body.id, work_pool_name: 'push', schedules };
    await time.home.call('POST', '/deployments/', body);
    const event = (expected: string, more: object = {}) => ({
      type: 'event',
      posture: 'Reactive',
      expect: [expected],
      threshold: 3,
      within: 60,
      ...more,
    });
    for (let number = 0; number < 250; number++) {
      const both = [event(`order.${number}`), event('order.paid')];
      const triggers = [
        event('prefect.flow-run.Failed', { threshold: 1, within: 0 }),
        event('order.paid', { posture: 'Proactive', after: ['order.placed'], for_each: ['prefect.resource.id'] }),
        { type: 'compound', require: 'all', within: 3600, triggers: both },
        { type: 'sequence', within: 3600, triggers: both },
      ];
      for (const trigger of triggers) {
        const made = await time.home.call('POST', '/automations/', {
          name: `automation ${number}`,
          trigger,
          actions: [{ type: 'do-nothing' }],
        });
        expect(made.status).toBe(201);
      }
    }
  }, 300_000);
  afterAll(() => time.home.close());

  it('costs nothing: no call to the table, no timer but the guard of a schedule, no firing', async () => {
    const before = time.home.consumed.length;

    await time.until('2026-11-25T12:00:00Z');

    expect(time.home.consumed.length - before).toBe(0);
    expect(time.firings).toEqual([]);
    expect([...time.home.timers.keys()].map((name) => name.split('-')[0])).toEqual(['guard']);
  });
});
