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
