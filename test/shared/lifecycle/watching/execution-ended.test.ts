import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inputOf } from '../../../../shared/lifecycle/ending/clean-up.ts';
import { breaches } from '../../../invariants.ts';
import { leftBehind, startLimited } from '../../../simulation/limited-pool.ts';
import { dies, exits, flow, type Simulation } from '../../../simulation/simulation.ts';

/** Sooner than any sweep of the pool. */
const SOON_SECONDS = 300;

/** Moments at which somebody stops the execution of a run. */
const MOMENTS: Record<string, (simulation: Simulation) => Promise<{ stopped: string; end: string }>> = {
  'waits until it is due': async (simulation) => {
    const scheduled_time = new Date(simulation.clockwork.now().getTime() + 60_000).toISOString();
    const state = { type: 'SCHEDULED', state_details: { scheduled_time } };
    const stopped = await simulation.create(flow(), { state });
    await simulation.go(10);
    return { stopped, end: 'COMPLETED' };
  },
  'waits for a slot, before another': async (simulation) => {
    await simulation.create(flow(60));
    await simulation.go(5);
    const stopped = await simulation.create(flow());
    await simulation.go(5);
    await simulation.create(flow());
    await simulation.go(5);
    return { stopped, end: 'COMPLETED' };
  },
  'has just begun': async (simulation) => ({ stopped: await simulation.create(flow()), end: 'COMPLETED' }),
  'waits for its container to start': async (simulation) => {
    const stopped = await simulation.create(flow());
    await simulation.go(1);
    return { stopped, end: 'COMPLETED' };
  },
  'waits for the end of its flow': async (simulation) => {
    const stopped = await simulation.create(flow(60));
    await simulation.go(30);
    return { stopped, end: 'COMPLETED' };
  },
  'waits for the end of a container that dies': async (simulation) => {
    const stopped = await simulation.create(dies(exits(137), 60));
    await simulation.go(30);
    return { stopped, end: 'CRASHED' };
  },
  'waits for the end of a container that it cancels': async (simulation) => {
    const stopped = await simulation.create(flow(7200));
    await simulation.go(30);
    await simulation.setState(stopped, { type: 'CANCELLING' });
    await simulation.go(5);
    return { stopped, end: 'CANCELLED' };
  },
};

describe('an execution that somebody stops', () => {
  let simulation: Simulation;
  beforeEach(async () => {
    ({ simulation } = await startLimited({ pool: 1 }));
  });
  afterEach(() => simulation.close());

  const executionsOf = (id: string) =>
    [...simulation.machine.executions.values()].filter(({ input }) => input.flow_run_id === id);
  const stopped = async (behaviour = flow(60)) => {
    const id = await simulation.create(behaviour);
    await simulation.go(30);
    await simulation.stopExecution(id);
    return id;
  };

  for (const [moment, until] of Object.entries(MOMENTS)) {
    it.each(['twice', 'late'] as const)(
      `while it ${moment} is followed by another, which ends the run as if nothing had been; told %s`,
      async (delivery) => {
        const { stopped: id, end } = await until(simulation);
        await simulation.stopExecution(id, delivery);
        await simulation.untilOver(SOON_SECONDS);

        expect(await simulation.state(id)).toMatchObject({ type: end });
        expect(executionsOf(id).map(({ status }) => status)).toEqual(['failed', 'succeeded']);
        expect(simulation.containersOf(id)).toHaveLength(1);
        expect(await breaches(simulation)).toEqual([]);
        expect(await leftBehind(simulation)).toEqual([]);
      },
    );
  }

  it('shows in the log of its run, with what to do instead', async () => {
    const id = await stopped();
    await simulation.untilOver(SOON_SECONDS);

    expect(await simulation.logsOf(id)).toEqual([
      'The execution that saw to this run was stopped by hand (ABORTED); another goes on in its place. To end a run, cancel it.',
    ]);
  });

  it('is told of too late when its run has another, or is over: nothing is started', async () => {
    const id = await stopped();
    const [first] = executionsOf(id);
    await simulation.go(5);

    simulation.tellOfExecution(first!, 'ABORTED');
    await simulation.untilOver(SOON_SECONDS);
    for (const execution of executionsOf(id)) simulation.tellOfExecution(execution, 'ABORTED', 'twice');
    await simulation.go(60);

    expect(executionsOf(id)).toHaveLength(2);
    expect(await simulation.state(id)).toMatchObject({ type: 'COMPLETED' });
  });

  it('is followed by another wherever the function dies that is told of it', async () => {
    const wrong: string[] = [];
    for (const when of ['before', 'after'] as const) {
      for (let at = 1, died = true; died; at++) {
        const id = await simulation.create(flow(60));
        await simulation.go(30);
        const input = inputOf(await simulation.doc(id));
        await simulation.stopExecution(id, 'never');
        simulation.killer.kill = { at: simulation.killer.calls.length + at, when };
        died = await simulation.invoke('execution-ended', { input, status: 'ABORTED', seconds: 30 }).then(
          () => false,
          () => true,
        );
        simulation.killer.kill = null;
        await simulation.invoke('execution-ended', { input, status: 'ABORTED', seconds: 30 });
        await simulation.untilOver(SOON_SECONDS);
        const { type } = await simulation.state(id);
        if (type !== 'COMPLETED') wrong.push(`killed ${when} ${at}: ${type}`);
      }
    }

    expect(wrong).toEqual([]);
    expect(await breaches(simulation)).toEqual([]);
  });

  it('again and again within minutes ends its run, which says so, and can be retried', async () => {
    const id = await stopped(flow(3600));
    for (let time = 2; time <= 4; time++) {
      await simulation.go(30);
      await simulation.stopExecution(id);
    }
    await simulation.untilOver();

    const { type, message } = await simulation.state(id);
    expect(type).toBe('CRASHED');
    expect(message).toMatch(/^4 executions .* each within minutes.*was stopped by hand.*then retry the run/);
    expect(await breaches(simulation)).toEqual([]);

    await simulation.setState(id, { type: 'SCHEDULED', name: 'AwaitingRetry' });
    await simulation.go(30);
    await simulation.stopExecution(id);
    await simulation.go(30);
    expect(await simulation.state(id)).toMatchObject({ type: 'RUNNING' });
    await simulation.setState(id, { type: 'CANCELLING' });
    await simulation.untilOver();
  });

  it('at long distances is followed by another each time', async () => {
    const id = await stopped(flow(5 * 3600));
    for (let time = 2; time <= 6; time++) {
      await simulation.go(1800);
      await simulation.stopExecution(id);
    }
    await simulation.untilOver(5 * 3600);

    expect(await simulation.state(id)).toMatchObject({ type: 'COMPLETED' });
    expect(executionsOf(id)).toHaveLength(7);
  });
});
