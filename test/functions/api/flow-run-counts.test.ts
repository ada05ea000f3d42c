import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FlowRunFilter } from '../../../shared/api/schemas/filters.ts';
import type { FlowRun } from '../../../shared/domain/flow-run.ts';
import { matchesFlowRun } from '../../../shared/operations/filters/flow-runs.ts';
import { type TestApp, testApp } from '../../test-app.ts';

const HOUR = 3600;

describe('counts of flow runs', () => {
  let home: TestApp;
  beforeEach(async () => {
    home = await testApp({ now: new Date('2026-11-24T12:00:00Z') });
  });
  afterEach(() => home.close());
  const count = async (body: unknown): Promise<number> => (await home.call('POST', '/flow_runs/count', body)).body;
  const ago = (hours: number) =>
    new Date(home.app.clock.now().getTime() - hours * HOUR * 1000).toISOString().replace('Z', '000Z');

  it('are what a look at every run finds, whatever happened to runs and however often they were counted before', async () => {
    const flows: string[] = [];
    for (const name of ['a', 'b']) flows.push((await home.call('POST', '/flows/', { name })).body.id);
    const deployments: string[] = [];
    for (const name of ['x', 'y']) {
      deployments.push((await home.call('POST', '/deployments/', { name, flow_id: flows[0] })).body.id);
    }
    await home.call('POST', '/work_pools/', { name: 'pool', type: 'process' });
    await home.call('POST', '/work_pools/', { name: 'other', type: 'process' });
    const queue = (await home.call('POST', '/work_pools/pool/queues', { name: 'second' })).body;
    const places = [
      { work_pool_name: 'pool' },
      { work_pool_name: 'pool', work_queue_name: queue.name },
      { work_pool_name: 'other' },
      {},
    ];
    const state = fc.constantFrom(
      { type: 'PENDING' },
      { type: 'RUNNING' },
      { type: 'COMPLETED' },
      { type: 'COMPLETED', name: 'Cached' },
      { type: 'FAILED' },
      { type: 'CANCELLED', name: 'n'.repeat(80) },
    );
    const step = fc.oneof(
      {
        arbitrary: fc.record({ create: state, flow: fc.nat(1), deployment: fc.option(fc.nat(1)), place: fc.nat(3) }),
        weight: 4,
      },
      { arbitrary: fc.record({ change: fc.nat(), to: state }), weight: 4 },
      fc.record({ remove: fc.nat() }),
      fc.record({ wait: fc.constantFrom(1, 30, 90, HOUR, 30 * HOUR, 100 * HOUR) }),
      fc.record({ counted: fc.constantFrom(...flows, ...deployments, null) }),
    );
    const some = <T>(...values: T[]) => fc.record({ any_: fc.subarray(values, { minLength: 1 }) });
    const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
      fc.oneof({ arbitrary: fc.constant(null), weight: 3 }, { arbitrary, weight: 1 });
    const states = fc.oneof(
      fc.record({ type: some('COMPLETED', 'FAILED', 'RUNNING', 'CANCELLED') }),
      fc.record({ name: some('Completed', 'Cached', 'Running') }),
      fc.record({ operator: fc.constant('or_'), type: some('FAILED', 'RUNNING'), name: some('Completed', 'Running') }),
    );
    const asked = fc.record({
      state: fc.option(states, { freq: 3 }),
      after: rarely(fc.integer({ min: 0, max: 200 })),
      before: rarely(fc.integer({ min: -1, max: 20 })),
      deployment: rarely(fc.subarray(deployments)),
      flow: rarely(fc.subarray(flows)),
      subflows: rarely(fc.boolean()),
      pools: rarely(fc.subarray(['pool', 'other'])),
      ofQueue: rarely(fc.boolean()),
    });
    const runs: string[] = [];

    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 12 }),
        fc.array(asked, { minLength: 3, maxLength: 6 }),
        async (steps, questions) => {
          for (const what of steps) {
            if ('create' in what) {
              const deployment_id = what.deployment === null ? null : deployments[what.deployment];
              const body = { flow_id: flows[what.flow], deployment_id, state: what.create, ...places[what.place] };
              runs.push((await home.call('POST', '/flow_runs/', body)).body.id);
            } else if ('change' in what && runs.length > 0) {
              const id = runs[what.change % runs.length];
              await home.call('POST', `/flow_runs/${id}/set_state`, { state: what.to, force: true });
            } else if ('remove' in what && runs.length > 0) {
              const [id] = runs.splice(what.remove % runs.length, 1);
              await home.call('DELETE', `/flow_runs/${id}`);
            } else if ('wait' in what) home.advance(what.wait);
            else if ('counted' in what) {
              const any_ = what.counted ? [what.counted] : [];
              await count(what.counted ? { flow_runs: { deployment_id: { any_ } }, flows: null } : {});
            }
          }
          const all = (await Promise.all(runs.map((id) => home.app.store.flowRuns.get(id)))).map((doc) => doc!.run);
          for (const { state, after, before, deployment, flow, subflows, pools, ofQueue } of questions) {
            const flow_runs: FlowRunFilter = {
              state: state as FlowRunFilter['state'],
              expected_start_time: {
                after_: after === null ? null : ago(after),
                before_: before === null ? null : ago(before),
              },
              parent_task_run_id: { is_null_: subflows === null ? null : !subflows },
              deployment_id: deployment && { any_: deployment },
            };
            const matches = (run: FlowRun) =>
              matchesFlowRun(flow_runs, run) &&
              (!flow || flow.includes(run.flow_id)) &&
              (!pools || pools.includes(run.work_pool_name ?? '')) &&
              (!ofQueue || run.work_queue_id === queue.id);

            const answer = await count({
              flow_runs,
              flows: flow && { id: { any_: flow } },
              work_pools: pools && { name: { any_: pools } },
              work_pool_queues: ofQueue ? { name: { startswith_: ['sec'] } } : null,
            });

            expect(answer).toBe(all.filter(matches).length);
          }
        },
      ),
      { numRuns: 40, seed: 51 },
    );
  }, 120_000);

  it('stay exact when runs change while they are counted', async () => {
    const flow_id = (await home.call('POST', '/flows/', { name: 'a' })).body.id;
    const run = async () => {
      const { id } = (await home.call('POST', '/flow_runs/', { flow_id, state: { type: 'RUNNING' } })).body;
      await home.call('POST', `/flow_runs/${id}/set_state`, { state: { type: 'COMPLETED' } });
    };
    const completed = { flow_runs: { state: { type: { any_: ['COMPLETED'] } } } };

    for (let round = 0; round < 5; round++) {
      await Promise.all([run(), count({}), run(), count(completed), count({}), run()]);
      home.advance(61);
    }

    expect([await count({}), await count(completed)]).toEqual([15, 15]);
  });

  it('miss no run: one whose hour could not be marked is not stored', async () => {
    const flow_id = (await home.call('POST', '/flows/', { name: 'a' })).body.id;
    const { table } = home.app.store;
    const put = table.put.bind(table);
    table.put = async (write, rev) => {
      if (write.key.pk.startsWith('TALLYMARKS')) throw new Error('killed');
      return put(write, rev);
    };
    await home.call('POST', '/flow_runs/', { flow_id, state: { type: 'COMPLETED' } });
    table.put = put;
    home.advance(61);
    const without = await count({});
    await home.call('POST', '/flow_runs/', { flow_id, state: { type: 'COMPLETED' } });

    expect([without, await count({})]).toEqual([0, 1]);
  });

  it('cost what changed since, not what there is', async () => {
    const flow_id = (await home.call('POST', '/flows/', { name: 'a' })).body.id;
    for (let made = 0; made < 60; made++) {
      await home.call('POST', '/flow_runs/', { flow_id, state: { type: 'COMPLETED' } });
      home.advance(HOUR);
    }
    await count({});
    home.consumed.length = 0;

    expect(await count({})).toBe(60);

    expect(home.consumed.reduce((sum, { units }) => sum + units, 0)).toBeLessThan(4);
    expect(home.consumed.length).toBeLessThan(4);
  });
});
