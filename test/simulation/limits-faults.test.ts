import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { breaches } from '../invariants.ts';
import { counting, type Limited, type Limits, leftBehind, ownersOf, startLimited } from './limited-pool.ts';
import { flow } from './simulation.ts';

/** Every so many-th call is one where a function dies; 1 tries them all. */
const STRIDE = Number(process.env['LIMITS_STRIDE'] ?? 30);
/** Random stories. */
const RUNS = Number(process.env['LIMITS_RUNS'] ?? 2);
const HOURS = 3_600_000;

/** The limits on push runs in virtual time, with functions that die anywhere (rules 18 to 21). */
describe('limits on the runs of a push pool, with faults', () => {
  let simulation: Limited['simulation'];
  let deployment: string;
  let patch: Limited['patch'];
  let names: Limited['names'];
  afterEach(() => simulation.close());

  const start = async (limits?: Limits) => {
    ({ simulation, deployment, patch, names } = await startLimited(limits));
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
    STRIDE < 30 ? 3 * HOURS : 600_000,
  );

  it(
    'hold whatever is done to runs at whatever moment',
    async () => {
      const step = fc.oneof(
        {
          weight: 4,
          arbitrary: fc.record({ do: fc.constant('create' as const), seconds: fc.integer({ min: 5, max: 60 }) }),
        },
        {
          weight: 3,
          arbitrary: fc.record({ do: fc.constant('go' as const), seconds: fc.integer({ min: 0, max: 40 }) }),
        },
        fc.record({ do: fc.constantFrom('cancel' as const, 'delete' as const, 'stop' as const), seconds: fc.nat(9) }),
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
              for (const owner of await ownersOf(simulation)) {
                const held = await simulation.home.app.store.slots.taken(owner, simulation.clockwork.now());
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
              if (what === 'stop' && target) await simulation.stopExecution(target);
              if (what === 'pool') await patch('/work_pools/pool', { concurrency_limit: seconds });
              if (what === 'deployment') await patch(deployment, { concurrency_limit: seconds });
              if (what === 'pause' || what === 'resume')
                await patch('/work_pools/pool', { is_paused: what === 'pause' });
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
        { endOnFailure: true, numRuns: RUNS },
      );
      await start();
    },
    RUNS > 2 ? 3 * HOURS : 240_000,
  );
});
