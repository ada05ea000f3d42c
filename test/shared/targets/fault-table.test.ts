import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLOUDS } from '../../fakes/clouds.ts';
import { breaches } from '../../invariants.ts';
import { type Behaviour, dies, exits, flow, plain, Simulation } from '../../simulation/simulation.ts';

const CANCEL_GRACE_SECONDS = 45;
const ALWAYS = 10_000;
const HOUR = 3600;
/** ECS and Modal forget by themselves what has ended. */
const KEPT_UNTIL_DELETED: ReadonlySet<string> = new Set(['azure-container-instance:push', 'cloud-run-v2:push']);

/** The rows of the table of faults (targets.md 5.3) that neither the contract nor what people do and complain of tells. */
describe.each(CLOUDS)('on $name', (cloud) => {
  let simulation: Simulation;
  beforeEach(async () => {
    simulation = await Simulation.start(cloud);
  });
  afterEach(() => simulation.close());

  const atRest = async (id: string, state: object, containers = 1) => {
    expect(await simulation.state(id)).toMatchObject(state);
    expect(simulation.containersOf(id)).toHaveLength(containers);
    expect(await breaches(simulation)).toEqual([]);
  };
  const cancelled = async (behaviour: Behaviour = flow(36_000)) => {
    const id = await simulation.create(behaviour);
    await simulation.go(60);
    await simulation.setState(id, { type: 'CANCELLING' });
    return id;
  };

  it('a cloud that never has room is asked until the run’s time to start is over, and the run says so', async () => {
    if (!simulation.fake.fault({ on: 'create', do: 'capacity', times: ALWAYS })) return;

    const id = await simulation.create(flow());
    await simulation.untilOver();

    await atRest(id, { type: 'CRASHED', message: expect.stringMatching(/room|capacity|quota/i) }, 0);
  });

  it('a container that takes two minutes to obey is waited for', async () => {
    simulation.fake.stopSeconds = 120;

    const id = await cancelled();
    await simulation.untilOver();

    await atRest(id, { type: 'CANCELLED' });
    expect((await simulation.state(id)).message).not.toMatch(/confirmed/);
  });

  it.each(['before', 'after'] as const)('a stop that fails %s its effect is asked for again', async (when) => {
    simulation.fake.fault({ on: 'stop', do: 'server-error', when, times: 2 });

    const id = await cancelled();
    await simulation.untilOver();

    await atRest(id, { type: 'CANCELLED' });
  });

  it('a container that ends by itself while it is stopped is Cancelled', async () => {
    const id = await cancelled();
    const { name } = simulation.containersOf(id)[0]!;

    await simulation.go(CANCEL_GRACE_SECONDS + 1);
    simulation.fake.end(name, exits(0));
    await simulation.untilOver();

    await atRest(id, { type: 'CANCELLED' });
  });

  it('a flow whose machine is lost crashes and is not begun again', async () => {
    const id = await simulation.create(dies({ kind: 'host' }));
    await simulation.untilOver();

    await atRest(id, { type: 'CRASHED', message: expect.stringMatching(/while the flow was running/) });
  });

  it('a line of a megabyte and bytes that are no text neither break the message nor the log', async () => {
    const id = await simulation.create(async (container) => {
      simulation.fake.print(container.view.name, ['x'.repeat(1_000_000), 'a\u0000b\uFFFD\u001b[31m', 'the end']);
      await plain(exits(3))(container);
    });
    await simulation.untilOver();

    await atRest(id, { type: 'FAILED', message: expect.stringMatching(/code 3.*the end/s) });
    expect((await simulation.state(id)).message.length).toBeLessThan(10_000);
    expect((await simulation.doc(id)).run.state?.message).toContain('xxx');
    expect((await simulation.logsOf(id)).at(-1)).toBe('the end');
  });

  it('a run with the longest name, in letters that no cloud takes, runs', async () => {
    const id = await simulation.create(flow(), {
      name: 'Übergrößenträger 日本語 🚀 '.repeat(20).slice(0, 250),
      tags: ['ß=1', '🚀'],
    });
    await simulation.untilOver();

    await atRest(id, { type: 'COMPLETED' });
  });

  it('a clean-up that never works holds nobody up; after a day, what is left in the cloud is told', async () => {
    simulation.fake.fault({ on: 'clean-up', do: 'server-error', times: ALWAYS });
    const id = await simulation.create(flow());
    await simulation.go(30 * HOUR);
    const rests = simulation.ticks();

    const next = await simulation.create(flow());
    await simulation.go(HOUR / 2);

    expect(rests).toEqual([]);
    for (const run of [id, next]) expect(await simulation.state(run)).toMatchObject({ type: 'COMPLETED' });
    const [{ findings }] = (await simulation.home.call('GET', '/orphans/')).body;
    const left = { kind: 'left', flow_run_id: id, attempt: 1, gone_at: null };
    expect(findings).toEqual(KEPT_UNTIL_DELETED.has(cloud.poolType) ? [expect.objectContaining(left)] : []);
  });
});
