import { afterEach, describe, expect, it } from 'vitest';
import { CLOUDS } from '../../fakes/clouds.ts';
import { AwsFault } from '../../fakes/ecs/aws-fault.ts';
import { ecsCloudWith, type FakeEcs } from '../../fakes/ecs/ecs-cloud.ts';
import { burst } from '../../faults/burst.ts';
import { breaches } from '../../invariants.ts';
import { type Behaviour, dies, exits, flow, plain, Simulation } from '../../simulation/simulation.ts';

/** What users of such systems complain of, each a test. */
let simulation: Simulation;
afterEach(() => simulation?.close());
const atRest = async (id: string, state: object, containers = 1) => {
  expect(await simulation.state(id)).toMatchObject(state);
  expect(simulation.containersOf(id)).toHaveLength(containers);
  expect(await breaches(simulation)).toEqual([]);
};

describe('a burst of runs due in the same second on one pool', () => {
  it('is submitted within the cloud’s rate limit, with one definition for all', async () => {
    const outcome = await burst(40, 2);

    expect(outcome).toMatchObject({ completed: 40, definitions: 1, breaches: [] });
    expect(outcome.refused).toBeGreaterThan(0);
    expect(outcome.seconds).toBeGreaterThan(10); // at 2 a second, after the first 10
  }, 120_000);
});

const completesThenTerminated: Behaviour = async (container) => {
  await container.reports({ type: 'RUNNING' });
  await container.reports({ type: 'COMPLETED' });
  container.after(3, async () => container.ends(exits(143)));
};

describe.each(CLOUDS)('on $name', (cloud) => {
  it('a run that completed stays Completed though its container was then sent SIGTERM', async () => {
    simulation = await Simulation.start(cloud);

    const id = await simulation.create(completesThenTerminated);
    await simulation.untilOver();

    await atRest(id, { type: 'COMPLETED' });
  });

  it('a container that ended before the first look has lost nothing: its exit code and its output', async () => {
    simulation = await Simulation.start(cloud, { delivery: 'never' });
    simulation.fake.startupSeconds = 0;

    const id = await simulation.create(async (container) => {
      simulation.fake.print(container.view.name, ['out of the blue']);
      await plain(exits(7), 0)(container);
    });
    await simulation.untilOver();

    await atRest(id, { type: 'FAILED', message: expect.stringMatching(/code 7.*out of the blue/s) });
  });

  it('a container that never leaves its start is given up with a sentence, and stopped', async () => {
    simulation = await Simulation.start(cloud);
    simulation.fake.startupSeconds = Number.POSITIVE_INFINITY;

    const id = await simulation.create(flow());
    await simulation.untilOver();

    await atRest(id, { type: 'CRASHED', message: expect.stringMatching(/did not start within/) });
  });

  it('an image that cannot be pulled crashes the run with what the cloud says and what to do', async () => {
    simulation = await Simulation.start(cloud);
    simulation.fake.startupSeconds = Number.POSITIVE_INFINITY;

    const id = await simulation.create(flow());
    await simulation.go(5);
    simulation.fake.end(simulation.containersOf(id)[0]!.name, { kind: 'image-pull' });
    await simulation.untilOver();

    await atRest(id, { type: 'CRASHED', message: expect.stringMatching(/image|pull/i) });
  });

  it('a flow whose container runs out of memory says so, and which setting to raise', async () => {
    simulation = await Simulation.start(cloud);

    const id = await simulation.create(dies({ kind: 'oom' }));
    await simulation.untilOver();

    await atRest(id, { type: 'CRASHED', message: expect.stringMatching(/memory.*Raise/) });
  });
});

describe('on ECS', () => {
  let fake: FakeEcs;
  const prepared = ecsCloudWith({}, (made) => {
    fake = made;
  });

  it('an empty list of tasks with failures is no success: the run waits for room', async () => {
    simulation = await Simulation.start(prepared);
    simulation.fake.fault({ on: 'create', do: 'capacity', times: 2 });

    const id = await simulation.create(flow());
    await simulation.untilOver();

    await atRest(id, { type: 'COMPLETED' });
    expect((await simulation.logsOf(id)).join()).toMatch(/delayed: .*RESOURCE:MEMORY/);
  });

  it.each([
    'DescribeTaskDefinition',
    'RegisterTaskDefinition',
    'DescribeVpcs',
    'DescribeSubnets',
    'DescribeRouteTables',
    'RunTask',
  ])('one 503 of %s while a run is submitted costs nothing but a moment', async (operation) => {
    simulation = await Simulation.start(prepared);
    let left = 1;
    const { around } = fake.server;
    fake.server.around = (request, work) => {
      if (request.operation === operation && left-- > 0)
        throw new AwsFault('ServiceUnavailable', 'Service is unavailable', { status: 503 });
      return around(request, work);
    };

    const id = await simulation.create(flow());
    await simulation.untilOver();

    expect(left).toBeLessThan(1);
    await atRest(id, { type: 'COMPLETED' });
    expect(fake.definitions.all).toHaveLength(1);
  });
});
