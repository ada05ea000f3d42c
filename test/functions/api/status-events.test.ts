import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { timerFired } from '../../../shared/lifecycle/timer-fired.ts';
import type { TimerEvent } from '../../../shared/operations/events/timer-events.ts';
import { type TestApp, testApp } from '../../test-app.ts';

describe('events of readiness', () => {
  let home: TestApp;
  beforeEach(async () => {
    home = await testApp({ now: new Date('2027-01-01T00:00:00Z') });
  });
  afterEach(() => home.close());

  const heartbeat = () =>
    home.call('POST', '/work_pools/p/workers/heartbeat', { name: 'w', heartbeat_interval_seconds: 30 });
  const poll = () => home.call('POST', '/work_pools/p/get_scheduled_flow_runs', {});
  async function told(of: string): Promise<string[]> {
    const filter = { event: { name: ['ready', 'not-ready', 'paused'].map((status) => `prefect.${of}.${status}`) } };
    const { body } = await home.call('POST', '/events/filter', { filter: { ...filter, order: 'ASC' } });
    return body.events.map(({ event }: { event: string }) => event.split('.').at(-1));
  }
  /** Moves on second by second; timers fire when they are due, twice, as they may. */
  async function pass(seconds: number, meanwhile: (second: number) => Promise<unknown> | null = () => null) {
    for (let second = 1; second <= seconds; second++) {
      home.advance(1);
      await meanwhile(second);
      for (const [name, timer] of [...home.timers]) {
        if (timer.at > home.app.clock.now() || !name.startsWith('status-')) continue;
        home.timers.delete(name);
        for (let times = 0; times < 2; times++) await timerFired(home.app, timer.payload as unknown as TimerEvent);
      }
    }
  }
  const makePool = (type = 'process') => home.call('POST', '/work_pools/', { name: 'p', type });

  it('a pool is ready with its first worker and not ready when its last has been silent for three heartbeats', async () => {
    await makePool();
    await heartbeat();
    await pass(200, (second) => (second % 30 === 0 ? heartbeat() : null));
    expect(await told('work-pool')).toEqual(['not-ready', 'ready']);

    await pass(60);
    expect(await told('work-pool')).toEqual(['not-ready', 'ready']);
    await pass(31);

    expect(await told('work-pool')).toEqual(['not-ready', 'ready', 'not-ready']);
    expect([...home.timers.keys()]).toEqual([]);
  });

  it('a paused pool says nothing of its workers, and is as they are when it is resumed', async () => {
    await makePool();
    await home.call('PATCH', '/work_pools/p', { is_paused: true });
    await heartbeat();
    await pass(20);

    await home.call('PATCH', '/work_pools/p', { is_paused: false });
    await pass(100);

    expect(await told('work-pool')).toEqual(['not-ready', 'paused', 'ready', 'not-ready']);
  });

  it('a push pool is ready from the beginning, and sets no timer', async () => {
    await makePool('process:push');

    expect(await told('work-pool')).toEqual(['ready']);
    expect([...home.timers.keys()]).toEqual([]);
  });

  it('a queue and its deployments are ready while it is polled, and not ready a minute after the last poll', async () => {
    await makePool();
    const flow = await home.call('POST', '/flows/', { name: 'f' });
    const made = await home.call('POST', '/deployments/', { name: 'd', flow_id: flow.body.id, work_pool_name: 'p' });
    await poll();
    await pass(150, (second) => (second % 15 === 0 ? poll() : null));
    expect([await told('work-queue'), await told('deployment')]).toEqual([['ready'], ['ready']]);

    await pass(75);

    expect([await told('work-queue'), await told('deployment')]).toEqual([
      ['ready', 'not-ready'],
      ['ready', 'not-ready'],
    ]);
    expect((await home.call('GET', `/deployments/${made.body.id}`)).body.status).toBe('NOT_READY');
    expect([...home.timers.keys()]).toEqual([]);
  });

  it('a deployment that is served by a process of its own is not ready a minute after the last poll', async () => {
    const flow = await home.call('POST', '/flows/', { name: 'f' });
    const made = await home.call('POST', '/deployments/', { name: 'd', flow_id: flow.body.id });
    const ask = () => home.call('POST', '/deployments/get_scheduled_flow_runs', { deployment_ids: [made.body.id] });
    await ask();
    await pass(100, (second) => (second % 10 === 0 ? ask() : null));
    expect(await told('deployment')).toEqual(['ready']);

    await pass(75);

    expect(await told('deployment')).toEqual(['ready', 'not-ready']);
    expect([...home.timers.keys()]).toEqual([]);
  });

  it('a poll or a heartbeat that changes nothing writes no event and sets no timer', async () => {
    await makePool();
    await heartbeat();
    await poll();
    const before = home.consumed.length;

    home.advance(5);
    await heartbeat();
    await poll();

    const writes = home.consumed.slice(before).filter(({ operation }) => operation === 'put');
    expect(writes).toHaveLength(1); // the heartbeat itself
  });
});
