import { afterEach, describe, expect, it } from 'vitest';
import { breaches } from '../invariants.ts';
import { counting, type Limited, leftBehind, startLimited } from './limited-pool.ts';
import { flow } from './simulation.ts';

/** Units of DynamoDB from one begin to the next, with everything that a run costs: 102 with 24 waiting. */
const MOST_UNITS = 106;
/** How many wait. `WAITING_RUNS=1000 npx vitest run test/simulation/many-waiting.test.ts` takes about ten minutes. */
const WAITING = Number(process.env['WAITING_RUNS'] ?? 24);
/** What a hand-over costs is measured over the first ones, while all others still wait. */
const MEASURED = 6;

describe(`${WAITING} runs that wait for one limit`, () => {
  let limited: Limited;
  afterEach(() => limited.simulation.close());

  it('cost nothing while they wait, go by priority and due time, one at a time, at a price that does not grow', async () => {
    limited = await startLimited({ pool: 1 });
    const { simulation } = limited;
    const { home, killer } = simulation;
    for (const [name, priority] of Object.entries({ first: 1, second: 2 }))
      expect((await home.call('POST', '/work_pools/pool/queues', { name, priority })).status).toBe(201);
    const holder = await simulation.create(flow(9000));
    const anHour = async () => {
      await simulation.go(120);
      const [calls, units] = [killer.calls.length, home.consumed.length];
      await simulation.go(3600);
      return [killer.calls.length - calls, home.consumed.length - units];
    };
    const alone = await anHour();

    const { seen, work } = counting();
    const waiting: { id: string; priority: number; due: string }[] = [];
    const begin = simulation.clockwork.now().getTime();
    for (let run = 0; run < WAITING; run++) {
      const priority = 1 + (run % 3);
      // Mixed up, and all of them overdue.
      const due = new Date(begin - ((run * 7919) % 100_003) * 10).toISOString();
      const queue = ['first', 'second', 'default'][priority - 1];
      const state = { type: 'SCHEDULED', state_details: { scheduled_time: due } };
      const id = await simulation.create(work(5), { state, work_queue_name: queue });
      waiting.push({ id, priority, due });
    }
    expect(await anHour()).toEqual(alone);

    const spent: number[] = [];
    const used = () => home.consumed.reduce((sum, { units }) => sum + units, 0);
    let [before, begun] = [0, 0];
    const note = async () => {
      if (seen.order.length === begun) return false;
      begun = seen.order.length;
      spent.push(used() - before);
      before = used();
      return begun === WAITING;
    };
    await simulation.setState(holder, { type: 'COMPLETED' });
    await simulation.go(WAITING * 60, note);
    await simulation.untilOver();

    const inOrder = waiting.toSorted((a, b) => a.priority - b.priority || (a.due < b.due ? -1 : 1));
    expect(seen.order).toEqual(inOrder.map(({ id }) => id));
    expect(seen.most).toBe(1);
    expect(await leftBehind(simulation)).toEqual([]);
    expect(await breaches(simulation)).toEqual([]);
    const measured = spent.slice(1, 1 + MEASURED).reduce((sum, units) => sum + units, 0) / MEASURED;
    expect(measured).toBeLessThan(MOST_UNITS);
  }, 3_600_000);
});
