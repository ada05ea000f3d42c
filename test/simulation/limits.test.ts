import { afterEach, describe, expect, it } from 'vitest';
import { breaches } from '../invariants.ts';
import { counting, type Limited, type Limits, leftBehind, QUEUE, startLimited } from './limited-pool.ts';
import { type Behaviour, flow } from './simulation.ts';

/** The limits on push runs in virtual time, with functions that die anywhere (rules 18 to 21). */
describe('limits on the runs of a push pool', () => {
  let simulation: Limited['simulation'];
  let deployment: string;
  let patch: Limited['patch'];
  let names: Limited['names'];
  afterEach(() => simulation.close());

  const start = async (limits?: Limits) => {
    ({ simulation, deployment, patch, names } = await startLimited(limits));
  };

  it.each([
    ['its pool', { pool: 2 }],
    ['its queue', { queue: 2 }],
    ['its deployment', { deployment: 2 }],
    ['all of them', { pool: 4, queue: 3, deployment: 2 }],
  ])('never let more run than the limit of %s, and all run in the end', async (_, limits) => {
    await start(limits);
    const { seen, work } = counting();

    const ids: string[] = [];
    for (let run = 0; run < 5; run++) ids.push(await simulation.create(work()));
    await simulation.untilOver();

    expect(seen.most).toBe(2);
    expect(seen.order).toEqual(ids);
    expect(await names(ids)).toEqual(ids.map(() => 'Completed'));
    expect(await breaches(simulation)).toEqual([]);
    expect(await leftBehind(simulation)).toEqual([]);
  });

  it('show a run that waits for its deployment as AwaitingConcurrencySlot once, with the time it was due', async () => {
    await start({ deployment: 1 });
    const first = await simulation.create(flow(600));
    const second = await simulation.create(flow());
    await simulation.go(300);

    const { run, states } = await simulation.doc(second);

    expect(states.map(({ name }) => name)).toEqual(['Scheduled', 'AwaitingConcurrencySlot']);
    expect(run.state?.state_details.scheduled_time).toBe(states[0]?.state_details.scheduled_time);
    await simulation.untilOver();
    expect(await names([first, second])).toEqual(['Completed', 'Completed']);
  });

  it('cancel a run at once when the deployment says so', async () => {
    await start({ deployment: 1, strategy: 'CANCEL_NEW' });
    await simulation.create(flow(600));
    await simulation.go(30);
    const second = await simulation.create(flow());
    await simulation.go(30);

    expect(await simulation.state(second)).toMatchObject({
      name: 'Cancelled',
      message: 'Deployment concurrency limit reached.',
    });
  });

  it('leave a run that waits for its pool Scheduled, and Late when it is overdue', async () => {
    await start({ pool: 1 });
    await simulation.create(flow(600));
    await simulation.go(1);
    const second = await simulation.create(flow());
    await simulation.go(10);
    const early = (await simulation.state(second)).name;

    expect(early).toBe('Scheduled');
    await simulation.untilOver();
    expect((await simulation.doc(second)).states.map(({ name }) => name)).toContain('Completed');
  });

  it('let runs go by the priority of their queues, then by when they were due', async () => {
    await start({ pool: 1 });
    await simulation.home.call('POST', '/work_pools/pool/queues', { name: 'urgent', priority: 1 });
    const { seen, work } = counting();

    const first = await simulation.create(work());
    await simulation.go(1);
    const later = await simulation.create(work());
    const urgent = await simulation.create(work(), { work_queue_name: 'urgent' });
    await simulation.untilOver();

    expect(seen.order).toEqual([first, urgent, later]);
  });

  it('take the places of waiting runs anew when the priority of a queue changes', async () => {
    await start({ pool: 1 });
    await simulation.home.call('POST', '/work_pools/pool/queues', { name: 'rising', priority: 2 });
    const { seen, work } = counting();
    const first = await simulation.create(work());
    await simulation.go(1);
    const later = await simulation.create(work());
    const rising = await simulation.create(work(), { work_queue_name: 'rising' });
    await simulation.go(5);

    await patch('/work_pools/pool/queues/rising', { priority: 1 });
    await simulation.untilOver();

    expect(seen.order).toEqual([first, rising, later]);
  });

  it('let waiting runs go when the limit is raised, removed or deleted, and when a pause ends', async () => {
    await start({ pool: 1, deployment: 1 });
    const ids: string[] = [];
    for (let run = 0; run < 6; run++) ids.push(await simulation.create(flow(3000)));
    const running = async () => (await names(ids)).filter((name) => name === 'Running').length;
    await simulation.go(60);
    expect(await running()).toBe(1);

    await patch('/work_pools/pool', { concurrency_limit: 3 });
    await patch(deployment, { concurrency_limit: 2 });
    await simulation.go(60);
    expect(await running()).toBe(2);
    await patch(deployment, { concurrency_limit: null });
    await simulation.go(60);
    expect(await running()).toBe(3);
    await patch(QUEUE, { is_paused: true });
    await patch('/work_pools/pool', { concurrency_limit: null });
    await simulation.go(60);
    expect(await running()).toBe(3);
    await patch(QUEUE, { is_paused: false });
    await simulation.go(60);
    expect(await running()).toBe(6);
  });

  it('give a slot back when a run is suspended, and not when it blocks in a pause', async () => {
    await start({ pool: 1 });
    const paused = (reschedule: boolean) => ({
      type: 'PAUSED',
      state_details: { pause_reschedule: reschedule, pause_timeout: '2026-03-02T00:00:00Z' },
    });
    const pauses =
      (reschedule: boolean): Behaviour =>
      async (container) => {
        await container.reports({ type: 'RUNNING' });
        await container.reports(paused(reschedule));
        if (reschedule) container.ends({ kind: 'exit', code: 0 });
      };

    await simulation.create(pauses(true));
    const second = await simulation.create(pauses(false));
    const third = await simulation.create(flow());
    await simulation.go(120);

    expect((await simulation.state(second)).type).toBe('PAUSED');
    expect((await simulation.state(third)).type).toBe('SCHEDULED');
  });
});
