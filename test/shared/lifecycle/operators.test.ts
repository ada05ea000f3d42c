import { afterEach, describe, expect, it } from 'vitest';
import { CLOUDS } from '../../fakes/clouds.ts';
import { breaches } from '../../invariants.ts';
import { type Behaviour, exits, flow, Simulation } from '../../simulation/simulation.ts';

/** The first attempt behaves so, all others so. */
const firstThen =
  (first: Behaviour, later: Behaviour): Behaviour =>
  (container) =>
    container.view.at.attempt === 1 ? first(container) : later(container);

const suspends: Behaviour = async (container) => {
  await container.reports({ type: 'RUNNING' });
  const state_details = { pause_reschedule: true, pause_timeout: '2027-01-01T00:00:00Z' };
  await container.reports({ type: 'PAUSED', name: 'Suspended', state_details });
  container.after(2, async () => container.ends(exits(0)));
};

describe.each(CLOUDS)('what people do to a run on $name', (cloud) => {
  let simulation: Simulation;
  afterEach(() => simulation.close());
  const start = async () => {
    simulation = await Simulation.start(cloud);
  };
  const cancel = (id: string) => simulation.setState(id, { type: 'CANCELLING', name: 'Cancelling' });
  const atRest = async (id: string, type: string, containers: number) => {
    expect(await simulation.state(id)).toMatchObject({ type });
    expect(simulation.containersOf(id)).toHaveLength(containers);
    expect(await breaches(simulation)).toEqual([]);
  };

  it('a cancel while it waits for a cloud that limits requests makes no container that stays', async () => {
    await start();
    simulation.fake.fault({ on: 'create', do: 'throttle', times: 3 });
    const id = await simulation.create(flow());
    await simulation.go(1);

    await cancel(id);
    await simulation.untilOver();

    expect(await simulation.state(id)).toMatchObject({ type: 'CANCELLED' });
    expect(simulation.containersOf(id).length).toBeLessThanOrEqual(1);
    expect(await breaches(simulation)).toEqual([]);
  });

  it('a cancel right after a submission whose answer was lost finds the container and stops it', async () => {
    await start();
    simulation.fake.fault({ on: 'create', do: 'reset', when: 'after', times: 1 });
    const id = await simulation.create(flow(3600));
    await simulation.go(0.5);

    await cancel(id);
    await simulation.untilOver();

    await atRest(id, 'CANCELLED', 1);
  });

  it('a cancel while its container starts stops the container', async () => {
    await start();
    simulation.fake.startupSeconds = 200;
    const id = await simulation.create(flow(3600));
    await simulation.go(30);

    await cancel(id);
    await simulation.untilOver();

    await atRest(id, 'CANCELLED', 1);
  });

  it('a cancel when its container has vanished is Cancelled all the same', async () => {
    await start();
    const id = await simulation.create(flow(3600));
    await simulation.go(120);
    simulation.fake.end(simulation.containersOf(id)[0]!.name, { kind: 'vanish' });

    await cancel(id);
    await simulation.untilOver();

    await atRest(id, 'CANCELLED', 1);
  });

  it('a cancel that its container ignores is Cancelled after five minutes, and says that the end is not confirmed', async () => {
    await start();
    simulation.fake.stopSeconds = Number.POSITIVE_INFINITY;
    const id = await simulation.create(flow(36_000));
    await simulation.go(60);

    await cancel(id);
    await simulation.go(420);

    expect(await simulation.state(id)).toMatchObject({
      type: 'CANCELLED',
      message: expect.stringMatching(/confirmed/),
    });
    expect((await simulation.home.call('GET', '/work_pools/pool')).body.active_slots).toBe(0);
    expect(simulation.containersOf(id)).toMatchObject([{ stopRequested: true }]);
  });

  it('a flow that suspends gives its container and slot back, and goes on in a new one when it is resumed', async () => {
    await start();
    const id = await simulation.create(firstThen(suspends, flow()));
    await simulation.go(180);
    const suspended = await simulation.state(id);
    const slots = (await simulation.home.call('GET', '/work_pools/pool')).body.active_slots;

    const answer = await simulation.home.call('POST', `/flow_runs/${id}/resume`);
    await simulation.untilOver();

    expect([suspended.name, slots, answer.status]).toEqual(['Suspended', 0, 201]);
    await atRest(id, 'COMPLETED', 2);
  });

  it('a run that failed and is retried by hand runs again in a container of its own', async () => {
    await start();
    const id = await simulation.create(firstThen(flow(10, { type: 'FAILED', message: 'no' }), flow()));
    await simulation.untilOver();
    expect(await simulation.state(id)).toMatchObject({ type: 'FAILED' });

    const state = {
      type: 'SCHEDULED',
      name: 'AwaitingRetry',
      state_details: { scheduled_time: '2026-03-01T12:00:00Z' },
    };
    await simulation.home.call('POST', `/flow_runs/${id}/set_state`, { state, force: true });
    await simulation.untilOver();

    await atRest(id, 'COMPLETED', 2);
  });
});
