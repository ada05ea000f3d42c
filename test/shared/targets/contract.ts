import { afterEach, describe, expect, it } from 'vitest';
import type { CloudUnderTest, Fault } from '../../fakes/cloud-under-test.ts';
import { breaches } from '../../invariants.ts';
import {
  type Delivery,
  dies,
  exits,
  flow,
  plain,
  Simulation,
  type SimulationOptions,
} from '../../simulation/simulation.ts';

const START_SECONDS = 300;
/** As Prefect's ECS worker has it by default. */
const LONGEST_START = { task_start_timeout_seconds: START_SECONDS };

/**
 * What every target promises, with the lifecycle around it, over its fake cloud: one suite for all (targets.md 5.3). A cloud
 * that does not know a fault skips its row.
 */
export function contractSuite(cloud: CloudUnderTest): void {
  describe(`the contract of a target: ${cloud.name}`, () => {
    let simulation: Simulation;
    const start = async (options: SimulationOptions = {}, faults: readonly Fault[] = []) => {
      simulation = await Simulation.start(cloud, options);
      return faults.every((fault) => simulation.fake.fault(fault));
    };
    afterEach(() => simulation.close());

    it('runs a flow in one container and leaves nothing behind', async () => {
      await start();

      const id = await simulation.create(flow());
      await simulation.untilOver();

      expect(await simulation.state(id)).toMatchObject({ type: 'COMPLETED' });
      expect(simulation.containersOf(id)).toHaveLength(1);
      expect(await breaches(simulation)).toEqual([]);
    });

    it('calls a container that never spoke Completed or Failed by its exit code, and keeps its output', async () => {
      await start();
      simulation.fake.startupSeconds = 10;
      const printsAndExits =
        (code: number) =>
        async (container: Parameters<ReturnType<typeof plain>>[0]): Promise<void> => {
          simulation.fake.print(container.view.name, ['first line', 'last line']);
          await plain(exits(code))(container);
        };

      const good = await simulation.create(printsAndExits(0));
      const bad = await simulation.create(printsAndExits(3));
      await simulation.untilOver();

      expect(await simulation.state(good)).toMatchObject({ type: 'COMPLETED' });
      expect(await simulation.state(bad)).toMatchObject({ type: 'FAILED', message: expect.stringMatching(/code 3/) });
      expect((await simulation.state(bad)).message).toContain('last line');
      expect(await simulation.logsOf(good)).toContain('last line');
      expect(await breaches(simulation)).toEqual([]);
    });

    it('says why a flow crashed that its container took down', async () => {
      await start();

      const id = await simulation.create(dies({ kind: 'oom' }));
      await simulation.untilOver();

      expect(await simulation.state(id)).toMatchObject({ type: 'CRASHED', message: expect.stringMatching(/memory/) });
      expect(await breaches(simulation)).toEqual([]);
    });

    it('says that a container is gone, once and for good', async () => {
      await start();

      const id = await simulation.create(dies({ kind: 'vanish' }));
      await simulation.untilOver();

      expect(await simulation.state(id)).toMatchObject({ type: 'CRASHED', message: expect.stringMatching(/gone/) });
      expect(await breaches(simulation)).toEqual([]);
    });

    it.each<Delivery>(['never', 'twice', 'late'])('finds ends by itself when events come %s', async (delivery) => {
      await start({ delivery });

      const good = await simulation.create(flow());
      const bad = await simulation.create(dies(exits(137)));
      await simulation.untilOver();

      expect(await simulation.state(good)).toMatchObject({ type: 'COMPLETED' });
      expect(await simulation.state(bad)).toMatchObject({ type: 'CRASHED', message: expect.stringMatching(/137/) });
      expect(await breaches(simulation)).toEqual([]);
    });

    it('gives up a container that does not start within the limit, stops it and says so', async () => {
      await start();
      simulation.fake.startupSeconds = Number.POSITIVE_INFINITY;

      const id = await simulation.create(flow());
      await simulation.untilOver();

      expect(await simulation.state(id)).toMatchObject({
        type: 'CRASHED',
        message: expect.stringMatching(/did not start within \d+ s/),
      });
      expect(await breaches(simulation)).toEqual([]);
    });

    it('counts the time to start from the container, not from the wait for a cloud that limits requests', async () => {
      if (!(await start({ jobVariables: LONGEST_START }, [{ on: 'create', do: 'throttle', times: 20 }]))) return;
      simulation.fake.startupSeconds = START_SECONDS - 90;

      const id = await simulation.create(flow());
      await simulation.untilOver();

      expect(await simulation.state(id)).toMatchObject({ type: 'COMPLETED' });
      expect(await breaches(simulation)).toEqual([]);
    });

    it.runIf(cloud.limitsRunTime)('says that a flow took longer than its pool allows', async () => {
      await start({ jobVariables: { timeout: 120 } });

      const id = await simulation.create(flow(3600));
      await simulation.untilOver();

      expect(await simulation.state(id)).toMatchObject({
        type: 'CRASHED',
        message: expect.stringMatching(/ran longer than .*'timeout' allows \(120 s\)/),
      });
      expect(await breaches(simulation)).toEqual([]);
    });

    it('starts a new attempt, 3 at most, when the infrastructure fails before the flow began', async () => {
      await start();

      const id = await simulation.create(plain({ kind: 'spot' }));
      await simulation.untilOver();

      expect(await simulation.state(id)).toMatchObject({ type: 'CRASHED' });
      expect(simulation.containersOf(id)).toHaveLength(4);
      expect((await simulation.doc(id)).run.run_count).toBe(0);
      expect(await breaches(simulation)).toEqual([]);
    });

    it('turns the pool watch off when nothing runs any more', async () => {
      await start();

      await simulation.create(flow());
      await simulation.untilOver();
      await simulation.go(180);

      expect(simulation.watches()).toEqual([]);
    });

    it.each<[string, Fault[]]>([
      ['throttles the creation five times', [{ on: 'create', do: 'throttle', times: 5 }]],
      ['fails before the creation', [{ on: 'create', do: 'server-error' }]],
      ['fails after the creation', [{ on: 'create', do: 'server-error', when: 'after' }]],
      ['loses the answer of the creation', [{ on: 'create', do: 'reset', when: 'after' }]],
      [
        'loses the answer twice',
        [
          { on: 'create', do: 'reset', when: 'after' },
          { on: 'create', do: 'reset', when: 'after' },
        ],
      ],
      [
        'loses the answer and does not show the container yet',
        [
          { on: 'create', do: 'reset', when: 'after' },
          { on: 'look', do: 'stale' },
        ],
      ],
      ['has no room twice', [{ on: 'create', do: 'capacity', times: 2 }]],
      ['fails while it is asked', [{ on: 'describe', do: 'server-error', times: 3 }]],
      ['fails while it cleans up', [{ on: 'clean-up', do: 'server-error', times: 3 }]],
      ['has no logs', [{ on: 'logs', do: 'permission', times: 5 }]],
    ])('runs once when the cloud %s', async (_, faults) => {
      if (!(await start({}, faults))) return;

      const id = await simulation.create(flow());
      await simulation.untilOver();

      expect(await simulation.state(id)).toMatchObject({ type: 'COMPLETED' });
      expect(simulation.containersOf(id)).toHaveLength(1);
      expect(await breaches(simulation)).toEqual([]);
    });

    it.each<[string, Fault]>([
      ['has no permission', { on: 'create', do: 'permission' }],
      ['does not find what the pool names', { on: 'create', do: 'not-found' }],
      ['refuses the job', { on: 'create', do: 'invalid' }],
    ])('crashes with the reason when it %s', async (_, fault) => {
      if (!(await start({}, [fault]))) return;

      const id = await simulation.create(flow());
      await simulation.untilOver();

      const { type, message } = await simulation.state(id);
      expect(type).toBe('CRASHED');
      expect(message).toMatch(/^Failed to submit flow run to infrastructure: \S/);
      expect(await breaches(simulation)).toEqual([]);
    });

    it('waits with all runs of the pool when credentials are refused, until they are stored anew', async () => {
      if (!(await start({}, [{ on: 'create', do: 'credentials' }]))) return;

      const first = await simulation.create(flow());
      await simulation.go(30);
      const second = await simulation.create(flow());
      await simulation.go(600);

      expect(await simulation.poolStatus()).toBe('NOT_READY');
      expect(await simulation.state(first)).toMatchObject({ type: 'SCHEDULED' });
      expect(await simulation.state(second)).toMatchObject({ type: 'SCHEDULED' });
      expect(simulation.fake.containers()).toEqual([]);

      await simulation.storeBlock();
      await simulation.untilOver();

      expect(await simulation.poolStatus()).toBe('READY');
      expect(await simulation.state(first)).toMatchObject({ type: 'COMPLETED' });
      expect(await simulation.state(second)).toMatchObject({ type: 'COMPLETED' });
      expect(await breaches(simulation)).toEqual([]);
    });

    it('makes one container when two executions submit at once', async () => {
      await start();
      const id = await simulation.create(flow());
      const input = [...simulation.machine.executions.values()].at(-1)!.input;
      await simulation.invoke('lifecycle', { step: 'prepare', input });

      await Promise.allSettled([
        simulation.invoke('target', { step: 'submit', input }),
        simulation.invoke('target', { step: 'submit', input }),
      ]);
      await simulation.untilOver();

      expect(await simulation.state(id)).toMatchObject({ type: 'COMPLETED' });
      expect(await breaches(simulation)).toEqual([]);
    });

    it('stops the container of a run that is cancelled', async () => {
      await start();
      const id = await simulation.create(flow(3600));
      await simulation.go(60);

      await simulation.setState(id, { type: 'CANCELLING' });
      await simulation.untilOver();

      expect(await simulation.state(id)).toMatchObject({ type: 'CANCELLED' });
      expect(await breaches(simulation)).toEqual([]);
    });
  });
}
