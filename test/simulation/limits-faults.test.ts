import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { keys } from '../../shared/store/keys.ts';
import { inMemoryCloud } from '../fakes/in-memory-cloud.ts';
import { breaches } from '../invariants.ts';
import { type Behaviour, flow, Simulation } from './simulation.ts';

/** The limits on push runs in virtual time, with functions that die anywhere (rules 18 to 21). */
/** Every so many-th call is one where a function dies; 1 tries them all. */
const STRIDE = Number(process.env['LIMITS_STRIDE'] ?? 30);

describe('limits on the runs of a push pool, with faults', () => {
  let simulation: Simulation;
  afterEach(() => simulation.close());

  const start = async (limits: { pool?: number; queue?: number; deployment?: number; strategy?: string } = {}) => {
    simulation = await Simulation.start(inMemoryCloud);
    await patch('/work_pools/pool', { concurrency_limit: limits.pool ?? 50 });
    if (limits.queue !== undefined) await patch(QUEUE, { concurrency_limit: limits.queue });
    if (limits.deployment !== undefined) {
      await patch(`/deployments/${await deploymentId()}`, {
        concurrency_limit: limits.deployment,
        concurrency_options: { collision_strategy: limits.strategy ?? 'ENQUEUE' },
      });
    }
  };
  const QUEUE = '/work_pools/pool/queues/default';
  const patch = async (path: string, body: unknown) => {
    const { status } = await simulation.home.call('PATCH', path, body);
    expect(status).toBeLessThan(300);
  };
  const deploymentId = async () => (await simulation.home.call('POST', '/deployments/filter', {})).body[0].id;
  const names = async (ids: string[]) => Promise.all(ids.map(async (id) => (await simulation.state(id)).name));

  /** Notes how many flows run at once. */
  const counting = () => {
    const seen = { now: 0, most: 0, order: [] as string[] };
    const work =
      (seconds = 30): Behaviour =>
      async (container) => {
        seen.order.push(container.view.at.flowRunId);
        seen.most = Math.max(seen.most, ++seen.now);
        await flow(seconds)({
          ...container,
          after: (wait, next) =>
            container.after(wait, async () => {
              if (wait === seconds) seen.now--;
              await next();
            }),
        });
      };
    return { seen, work };
  };

  it.each(['before', 'after'] as const)(
    'hold when a function dies %s any single call, and every run comes to its end',
    async (when) => {
      await start({ pool: 2, deployment: 1 });
      const road = async () => {
        const { seen, work } = counting();
        const ids = [await simulation.create(work(10)), await simulation.create(work(10))];
        await simulation.untilOver(900);
        await simulation.go(60);
        return { most: seen.most, names: await names(ids) };
      };
      const first = simulation.killer.calls.length;
      await road();
      const calls = simulation.killer.calls.length - first;

      const wrong: string[] = [];
      for (let at = 1; at <= calls; at += STRIDE) {
        simulation.killer.kill = { at: simulation.killer.calls.length + at, when };
        const { most, names: ends } = await road();
        const left = await leftBehind(simulation);
        const label = simulation.killer.calls[simulation.killer.kill.at - 1];
        if (most > 1 || left.length > 0 || ends.some((name) => name !== 'Completed'))
          wrong.push(`${at} ${label}: ${most} at once, ${ends}, ${left}`);
      }

      expect(wrong).toEqual([]);
    },
    600_000,
  );

  it('hold whatever is done to runs at whatever moment', async () => {
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ do: fc.constant('create' as const), seconds: fc.integer({ min: 5, max: 60 }) }),
      },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('go' as const), seconds: fc.integer({ min: 0, max: 40 }) }) },
      fc.record({ do: fc.constantFrom('cancel' as const, 'delete' as const), seconds: fc.nat(9) }),
      fc.record({
        do: fc.constantFrom('pool' as const, 'deployment' as const),
        seconds: fc.integer({ min: 1, max: 3 }),
      }),
      fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const), seconds: fc.constant(0) }),
      fc.record({ do: fc.constant('kill' as const), seconds: fc.integer({ min: 1, max: 60 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 18 }), async (steps) => {
        await start({ pool: 2, deployment: 2 });
        try {
          const ids: string[] = [];
          const check = async () => {
            for (const [kind, id] of await ownersOf(simulation)) {
              const held = await simulation.home.app.store.slots.taken(`${kind}#${id}`, simulation.clockwork.now());
              expect(held).toBeLessThanOrEqual(3);
            }
          };
          for (const { do: what, seconds } of steps) {
            const target = ids[seconds % Math.max(1, ids.length)];
            if (what === 'create') ids.push(await simulation.create(flow(seconds)));
            if (what === 'go') await simulation.go(seconds);
            if (what === 'cancel' && target)
              await simulation.setState(target, { type: 'CANCELLING', message: 'Cancelled by hand.' });
            if (what === 'delete' && target) await simulation.home.call('DELETE', `/flow_runs/${target}`);
            if (what === 'pool') await patch('/work_pools/pool', { concurrency_limit: seconds });
            if (what === 'deployment')
              await patch(`/deployments/${await deploymentId()}`, { concurrency_limit: seconds });
            if (what === 'pause' || what === 'resume') await patch('/work_pools/pool', { is_paused: what === 'pause' });
            if (what === 'kill')
              simulation.killer.kill = { at: simulation.killer.calls.length + seconds, when: 'after' };
            await check();
          }
          simulation.killer.kill = null;
          await patch('/work_pools/pool', { is_paused: false });
          await simulation.untilOver(7200);
          await simulation.go(120);
          // A scheduled run that is cancelled is Cancelled without a message, in Prefect too.
          const found = (await breaches(simulation)).filter((breach) => !breach.endsWith('without a reason'));
          expect(found).toEqual([]);
          expect(await leftBehind(simulation)).toEqual([]);
        } finally {
          await simulation.close();
        }
      }),
      { endOnFailure: true, numRuns: Number(process.env['LIMITS_RUNS'] ?? 2) },
    );
    await start();
  }, 240_000);
});

/** Owners that ever gave slots. */
async function ownersOf({ home }: Simulation): Promise<[string, string][]> {
  const pool = await home.call('GET', '/work_pools/pool');
  const limits = await home.call('POST', '/v2/concurrency_limits/filter', {});
  return [
    ['POOL', pool.body.id],
    ['QUEUE', pool.body.default_queue_id],
    ...limits.body.map(({ id }: { id: string }): [string, string] => ['LIMIT', id]),
  ];
}

/** Slots and places in the order that nobody holds any more, and marks that nobody works off. */
async function leftBehind(simulation: Simulation): Promise<string[]> {
  const { store } = simulation.home.app;
  const left: string[] = [];
  for (const [kind, id] of await ownersOf(simulation)) {
    const owner = `${kind}#${id}`;
    for (const holder of await store.slots.holders(owner, simulation.clockwork.now()))
      left.push(`${owner}: ${holder.id}`);
    const waits = await store.table.query({ pk: keys.waits(owner, '').pk });
    left.push(...waits.items.map(({ key }) => `${key.pk} ${key.sk}`));
    if ((await store.slots.wakesOwed(owner)).some((wakes) => wakes > 0)) left.push(`${owner} owes a wake`);
  }
  return left;
}
