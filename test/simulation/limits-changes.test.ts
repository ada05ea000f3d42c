import { afterEach, describe, expect, it } from 'vitest';
import { breaches } from '../invariants.ts';
import { counting, type Limited, type Limits, leftBehind, QUEUE, startLimited } from './limited-pool.ts';
import { flow } from './simulation.ts';

/** What operators do to limits, pools, deployments and runs while runs hold slots and wait for them, in virtual time. */
describe('limits on the runs of a push pool, changed while runs wait', () => {
  let simulation: Limited['simulation'];
  let deployment: string;
  let patch: Limited['patch'];
  let names: Limited['names'];
  afterEach(async () => {
    expect(await leftBehind(simulation)).toEqual([]);
    await simulation.close();
  });

  const start = async (limits?: Limits) => {
    ({ simulation, deployment, patch, names } = await startLimited(limits));
  };
  const call = (method: string, path: string, body?: unknown) => simulation.home.call(method, path, body);
  const over = async (ids: string[]) => {
    await simulation.untilOver();
    expect(await names(ids)).toEqual(ids.map(() => 'Completed'));
    expect(await breaches(simulation)).toEqual([]);
  };

  it('lowered below what is held: holders go on, nobody begins until enough have ended', async () => {
    await start({ pool: 3 });
    const ids = [
      await simulation.create(flow(100)),
      await simulation.create(flow(200)),
      await simulation.create(flow(300)),
    ];
    await simulation.go(30);
    await patch('/work_pools/pool', { concurrency_limit: 1 });
    ids.push(await simulation.create(flow()));

    await simulation.go(200);
    const early = await names(ids);
    await over(ids);

    expect(early).toEqual(['Completed', 'Completed', 'Running', expect.stringMatching(/Scheduled|Late/)]);
  });

  it.each([
    ['pool', '/work_pools/pool'],
    ['queue', QUEUE],
  ])('first set on a %s: runs that were under way count, and give their slots back', async (_, path) => {
    await start();
    await patch('/work_pools/pool', { concurrency_limit: null });
    const ids = [
      await simulation.create(flow(100)),
      await simulation.create(flow(200)),
      await simulation.create(flow(300)),
    ];
    await simulation.go(30);

    await patch(path, { concurrency_limit: 2 });
    ids.push(await simulation.create(flow(300)));
    await simulation.go(120);
    const oneEnded = await names(ids);
    await simulation.go(100);
    const twoEnded = await names(ids);
    await over(ids);

    expect(oneEnded).toEqual(['Completed', 'Running', 'Running', expect.stringMatching(/Scheduled|Late/)]);
    expect(twoEnded).toEqual(['Completed', 'Completed', 'Running', 'Running']);
  });

  it('of 0 on a deployment: a run stays Scheduled, is Late, and begins when the limit is raised (Prefect answers ABORT)', async () => {
    await start({ deployment: 1, strategy: 'CANCEL_NEW' });
    const limit = `/v2/concurrency_limits/deployment:${deployment.split('/')[2]}`;
    await patch(limit, { limit: 0 });
    const id = await simulation.create(flow());
    await simulation.go(5);
    const early = await names([id]);
    await simulation.go(90);
    const late = await names([id]);

    await patch(limit, { limit: 1 });
    await over([id]);

    expect([early, late]).toEqual([['Scheduled'], ['Late']]);
  });

  it('a holder is deleted: the next begins', async () => {
    await start({ pool: 1, deployment: 1 });
    const holder = await simulation.create(flow(9000));
    const next = await simulation.create(flow());
    await simulation.go(30);

    await call('DELETE', `/flow_runs/${holder}`);
    await over([next]);
  });

  it('a waiting run is deleted or cancelled: it leaves its place, and the one after it is next', async () => {
    await start({ pool: 1 });
    const { seen, work } = counting();
    const holder = await simulation.create(flow(100));
    await simulation.go(5);
    const [deleted, cancelled, last] = [
      await simulation.create(work()),
      await simulation.create(work()),
      await simulation.create(work()),
    ];
    await simulation.go(5);

    await call('DELETE', `/flow_runs/${deleted}`);
    await simulation.setState(cancelled, { type: 'CANCELLED', message: 'Not needed.' });
    await over([holder, last]);

    expect(seen.order).toEqual([last]);
  });

  it('the pool is paused when a slot comes back: nobody begins before it is resumed', async () => {
    await start({ pool: 1 });
    const ids = [await simulation.create(flow(60)), await simulation.create(flow())];
    await simulation.go(30);

    await patch('/work_pools/pool', { is_paused: true });
    await simulation.go(300);
    const paused = await names(ids);
    await patch('/work_pools/pool', { is_paused: false });
    await over(ids);

    expect(paused).toEqual(['Completed', 'Late']);
  });

  it('the deployment is paused: its scheduled run leaves its place, a run made by hand keeps it', async () => {
    await start({ pool: 1 });
    const holder = await simulation.create(flow(600));
    await simulation.go(5);
    const schedule = { interval: 86_400, anchor_date: simulation.clockwork.now().toISOString() };
    await call('POST', `${deployment}/schedules`, [{ schedule, max_scheduled_runs: 1 }]);
    await call('POST', `${deployment}/schedule`, {
      start_time: new Date(simulation.clockwork.now().getTime() - 60_000).toISOString(),
      end_time: new Date(simulation.clockwork.now().getTime() + 60_000).toISOString(),
    });
    const byHand = await simulation.create(flow());
    await simulation.go(60);
    const pool = await call('GET', '/work_pools/pool');
    const waiting = async () => {
      const places: string[] = [];
      for await (const place of simulation.home.app.store.slotWaits.inOrder(`POOL#${pool.body.id}`)) places.push(place);
      return places.length;
    };
    const before = await waiting();

    await call('POST', `${deployment}/pause_deployment`);
    await simulation.go(5);
    const after = await waiting();
    await over([holder, byHand]);

    expect([before, after]).toEqual([2, 1]);
  });

  it('the deployment moves to another pool: a run that waits begins where it was made, when its turn has come (rule 12)', async () => {
    await start({ pool: 1 });
    const pool = (await call('GET', '/work_pools/pool')).body;
    await call('POST', '/work_pools/', { name: 'other', type: pool.type, base_job_template: pool.base_job_template });
    const holder = await simulation.create(flow(100));
    const waiting = await simulation.create(flow());
    await simulation.go(30);

    await patch(deployment, { work_pool_name: 'other' });
    const moved = await simulation.create(flow());
    await simulation.go(30);
    const early = await names([holder, waiting, moved]);
    await over([holder, waiting, moved]);

    expect(early).toEqual(['Running', 'Late', expect.stringMatching(/Running|Completed/)]);
  });

  it('a slot held under a lease that nobody renews: the run that waits begins when the lease ends, by a timer', async () => {
    await start();
    const limit = (await call('POST', '/v2/concurrency_limits/', { name: 'shared', limit: 1 })).body;
    await patch(deployment, { global_concurrency_limit_id: limit.id });
    const lease = await call('POST', '/v2/concurrency_limits/increment-with-lease', {
      ...{ names: ['shared'], slots: 1, mode: 'concurrency', lease_duration: 120 },
    });
    expect(lease.status).toBe(200);
    const id = await simulation.create(flow(10));

    await simulation.go(100);
    const early = await names([id]);
    await simulation.go(30);
    const after = await names([id]);
    await over([id]);

    expect([early, after]).toEqual([['AwaitingConcurrencySlot'], [expect.stringMatching(/Pending|Running|Completed/)]]);
  });

  it.each([
    ['deployment', { deployment: 1 }],
    ['pool', { pool: 1 }],
  ])(
    'a parent that waits for its child, which waits for its slot of the %s: the child says so (rule 20)',
    async (_, limits) => {
      await start(limits);
      const parent = await simulation.create(flow(600));
      await simulation.go(30);
      const { body: tracking } = await call('POST', '/task_runs/', {
        ...{ flow_run_id: parent, task_key: 'child', dynamic_key: '0', name: 'child' },
      });

      const child = await simulation.create(flow(), { parent_task_run_id: tracking.id });
      await simulation.go(30);
      const said = [(await simulation.state(child)).message, ...(await simulation.logsOf(child))].join('\n');
      await over([parent, child]);

      const { name } = (await simulation.doc(parent)).run;
      expect(said).toContain(`an ancestor of this run holds: flow run "${name}" (${parent})`);
      expect(said).toContain('Raise its limit of 1');
    },
  );
});
