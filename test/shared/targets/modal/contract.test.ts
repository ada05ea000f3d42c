import { afterEach, describe, expect, it } from 'vitest';
import { modalCloud } from '../../../fakes/modal/cloud.ts';
import { breaches } from '../../../invariants.ts';
import type { Kill } from '../../../simulation/kill.ts';
import { flow, plain, Simulation } from '../../../simulation/simulation.ts';
import { contractSuite } from '../contract.ts';

contractSuite(modalCloud());
contractSuite(modalCloud('A100-80GB:2'));

describe('a run on Modal', () => {
  let simulation: Simulation;
  afterEach(() => simulation.close());
  const whole = async (id: string, type: string) => {
    expect(await simulation.state(id)).toMatchObject({ type });
    expect(simulation.containersOf(id)).toHaveLength(1);
    expect(await breaches(simulation)).toEqual([]);
  };

  it.each([100, 600])('waits for an image that takes %i s to build, and is told so once', async (buildSeconds) => {
    simulation = await Simulation.start(modalCloud(null, (fake) => (fake.account.buildSeconds = buildSeconds)));
    simulation.fake.startupSeconds = 70;

    const id = await simulation.create(flow());
    await simulation.untilOver();

    await whole(id, 'COMPLETED');
    expect((await simulation.logsOf(id)).filter((line) => /still building the image/.test(line))).toHaveLength(1);
  });

  it.each([120, Number.POSITIVE_INFINITY])(
    'that is cancelled is Cancelled though its sandbox takes %s s to end',
    async (seconds) => {
      simulation = await Simulation.start(modalCloud());
      simulation.fake.stopSeconds = seconds;
      const id = await simulation.create(flow(3600));
      await simulation.go(60);

      await simulation.setState(id, { type: 'CANCELLING' });
      await simulation.go(900);

      expect(await simulation.state(id)).toMatchObject({ type: 'CANCELLED' });
      expect(simulation.containersOf(id)).toMatchObject([{ stopRequested: true }]);
    },
  );

  it('loses no result of a sandbox that ends at its first look', async () => {
    simulation = await Simulation.start(modalCloud());
    simulation.fake.startupSeconds = 0;

    const id = await simulation.create(plain({ kind: 'exit', code: 0 }, 0));
    await simulation.untilOver();

    await whole(id, 'COMPLETED');
  });

  it('is adopted when its sandbox ended before anybody had recorded it', async () => {
    simulation = await Simulation.start(modalCloud());
    simulation.fake.startupSeconds = 0;
    simulation.fake.fault({ on: 'create', do: 'reset', when: 'after', times: 1 });

    const id = await simulation.create(plain({ kind: 'exit', code: 0 }, 0));
    await simulation.untilOver();

    await whole(id, 'COMPLETED');
  });
});

/** Requests to Modal, as the target names them when it asks. */
const IS_MODALS = /^(App|Environment|Image|Sandbox|Secret)[A-Z]/;

describe('a run on Modal whose function dies', () => {
  /** What the whole program asks for in a run that is cancelled while it runs: every kind of request there is. */
  const story = async (kill: Kill | null) => {
    const simulation = await Simulation.start(modalCloud());
    simulation.killer.kill = kill;
    const id = await simulation.create(flow(3600));
    await simulation.go(120);
    await simulation.setState(id, { type: 'CANCELLING' });
    await simulation.untilOver();
    const { calls } = simulation.killer;
    const end = { state: await simulation.state(id), made: simulation.containersOf(id).length };
    const broken = await breaches(simulation);
    await simulation.close();
    return { calls, end, broken };
  };

  it('before or after any request to Modal still has one sandbox, which is stopped, and the state that was asked for', async () => {
    const { calls } = await story(null);
    const places = calls.flatMap((label, n) => (IS_MODALS.test(label) ? [n + 1] : []));
    expect(places.length).toBeGreaterThan(5);

    for (const at of places) {
      for (const when of ['before', 'after'] as const) {
        const { end, broken } = await story({ at, when });

        const where = `${when} ${calls[at - 1]} (call ${at})`;
        expect({ where, ...end, broken }).toMatchObject({ where, state: { type: 'CANCELLED' }, made: 1, broken: [] });
      }
    }
  }, 300_000);
});
