import { afterEach, describe, expect, it } from 'vitest';
import type { FlowRunDocument } from '../../../../shared/domain/flow-run-life.ts';
import { resolveJobOfRun } from '../../../../shared/lifecycle/submitting/resolve-job.ts';
import type { ExecutionInput } from '../../../../shared/ports/lifecycle-engine.ts';
import { CLOUDS } from '../../../fakes/clouds.ts';
import { ecsCloud } from '../../../fakes/ecs/ecs-cloud.ts';
import { breaches } from '../../../invariants.ts';
import { Killed } from '../../../simulation/kill.ts';
import { type Behaviour, flow, Simulation } from '../../../simulation/simulation.ts';

const ANOTHER_HOMES_RUN = '0199b6f0-0000-7000-8000-00000000000f';
/** With what they wait for. */
const ONE_SWEEP_SECONDS = 1000;
const TWO_SWEEPS_SECONDS = 1950;

/** A flow whose lost containers run on. */
const firstAttempt: Behaviour = async (container) => {
  if (container.view.at.attempt > 0) await flow()(container);
};

/** A container as a submission makes it that nobody knows of any more. */
async function lost(simulation: Simulation, doc: FlowRunDocument, flowRunId: string, attempt: number): Promise<string> {
  const { app } = simulation.home;
  const { job, run } = await resolveJobOfRun(app, doc.run, '');
  const target = simulation.fake.target(app, (_label, work) => work());
  const { ref } = await target.submit(job, { flowRunId, attempt, run, mayExist: false });
  return ref.pid;
}

/** A new run, whose execution is stopped by hand before its first step. */
async function stopped(simulation: Simulation): Promise<{ id: string; input: ExecutionInput }> {
  const { machine } = simulation;
  const id = await simulation.create(flow());
  const { name, input } = [...machine.executions.values()].find((execution) => execution.input.flow_run_id === id)!;
  machine.abort(name);
  return { id, input };
}
/** Kills a step after that many calls; false when it came to its end. */
async function dies(
  simulation: Simulation,
  step: 'prepare' | 'submit',
  input: ExecutionInput,
  calls: number,
): Promise<boolean> {
  const { killer } = simulation;
  killer.kill = { at: killer.calls.length + calls, when: 'after' };
  try {
    await simulation.invoke(step === 'prepare' ? 'lifecycle' : 'target', { step, input });
    return false;
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return true;
  } finally {
    killer.kill = null;
  }
}

describe.each(CLOUDS)('the sweep of a pool on $name', (cloud) => {
  let simulation: Simulation;
  afterEach(() => simulation.close());

  const findings = async () => (await simulation.home.call('GET', '/orphans/')).body[0]?.findings ?? [];

  it('stops a container that its run knows no more, tells it for a day, and then rests', async () => {
    simulation = await Simulation.start(cloud);
    const id = await simulation.create(firstAttempt);
    await simulation.untilOver();
    const pid = await lost(simulation, await simulation.doc(id), id, 0);

    await simulation.go(TWO_SWEEPS_SECONDS);

    expect(await findings()).toEqual([
      expect.objectContaining({ kind: 'stopped', pid, flow_run_id: id, attempt: 0, gone_at: expect.any(String) }),
    ]);
    expect(await breaches(simulation)).toEqual([]);
    expect(simulation.ticks()).toEqual([]);
  });

  it('tells of a container whose run it does not know, and leaves it alone: it may be another home’s', async () => {
    simulation = await Simulation.start(cloud);
    const id = await simulation.create(flow());
    await simulation.untilOver();
    const pid = await lost(simulation, await simulation.doc(id), ANOTHER_HOMES_RUN, 1);

    await simulation.go(TWO_SWEEPS_SECONDS);

    expect(await findings()).toEqual([
      expect.objectContaining({ kind: 'unknown', pid, flow_run_id: ANOTHER_HOMES_RUN, gone_at: null }),
    ]);
    expect(simulation.containersOf(ANOTHER_HOMES_RUN)).toMatchObject([{ stopRequested: false, phase: 'running' }]);
    expect(simulation.ticks()).toEqual([]);
  });

  it('gives a run whose execution was stopped by hand a new one: it finds its container, and its end', async () => {
    simulation = await Simulation.start(cloud);
    const id = await simulation.create(flow(300));
    await simulation.go(60);
    simulation.machine.abort([...simulation.machine.executions.keys()].at(-1)!);

    await simulation.untilOver();

    expect(await simulation.state(id)).toMatchObject({ type: 'COMPLETED' });
    expect(simulation.containersOf(id)).toHaveLength(1);
    expect(await findings()).toEqual([expect.objectContaining({ kind: 'revived', flow_run_id: id })]);
    expect(await breaches(simulation)).toEqual([]);
  });

  it('does so wherever the submission had died before, cancelled since or not', async () => {
    simulation = await Simulation.start(cloud);
    await simulation.create(flow(600)); // has its definition registered, which the others share
    await simulation.go(30);
    const ends = new Map<string, string>();

    for (let call = 1, died = true; died; call++) {
      const { id, input } = await stopped(simulation);
      await simulation.invoke('lifecycle', { step: 'prepare', input });
      died = await dies(simulation, 'submit', input, call);
      if (call % 2 === 0) await simulation.setState(id, { type: 'CANCELLING' });
      ends.set(id, call % 2 === 0 ? 'CANCELLED' : 'COMPLETED');
    }
    await simulation.untilOver();

    expect(ends.size).toBeGreaterThan(5);
    for (const [id, end] of ends) expect(await simulation.state(id), id).toMatchObject({ type: end });
    expect(await breaches(simulation)).toEqual([]);
  });

  it('leaves the containers of live runs alone', async () => {
    simulation = await Simulation.start(cloud);
    const id = await simulation.create(flow(7200));

    await simulation.go(ONE_SWEEP_SECONDS);

    expect(await findings()).toEqual([]);
    expect(simulation.containersOf(id)).toMatchObject([{ stopRequested: false, phase: 'running' }]);
    await simulation.setState(id, { type: 'CANCELLING' });
    await simulation.untilOver();
  });
});

describe('the sweep of a pool', () => {
  it('gives a run whose preparation died a new execution, in a quiet pool too, wherever that was once its attempt was open', async () => {
    const simulation = await Simulation.start(CLOUDS[0]);
    const ids: string[] = [];

    let { id, input } = await stopped(simulation);
    for (let call = 1, died = true; died; call++) {
      died = await dies(simulation, 'prepare', input, call);
      if ((await simulation.doc(id)).life.phase === 'waiting') continue;
      ids.push(id);
      ({ id, input } = await stopped(simulation));
    }
    await simulation.invoke('lifecycle', { step: 'prepare', input });
    await simulation.untilOver();

    expect(ids.length).toBeGreaterThan(3);
    for (const id of simulation.runs) expect(await simulation.state(id), id).toMatchObject({ type: 'COMPLETED' });
    expect(await breaches(simulation)).toEqual([]);
    await simulation.close();
  });

  it('forgets an attempt that was entered and never opened, so that nothing ticks for it', async () => {
    const simulation = await Simulation.start(CLOUDS[0]);
    const { id, input } = await stopped(simulation);

    for (let call = 1; simulation.watches().length === 0; call++) await dies(simulation, 'prepare', input, call);
    await simulation.go(TWO_SWEEPS_SECONDS);

    expect((await simulation.doc(id)).life.phase).toBe('waiting');
    expect(simulation.ticks()).toEqual([]);
    await simulation.close();
  });

  it('looks again at a place that did not answer, when the pool is quiet too', async () => {
    const simulation = await Simulation.start(CLOUDS[0]);
    const id = await simulation.create(firstAttempt);
    await simulation.untilOver();
    const pid = await lost(simulation, await simulation.doc(id), id, 0);
    simulation.fake.fault({ on: 'list', do: 'permission', times: 1 });

    await simulation.go(TWO_SWEEPS_SECONDS + 900);

    const [{ findings }] = (await simulation.home.call('GET', '/orphans/')).body;
    expect(findings).toEqual([expect.objectContaining({ kind: 'stopped', pid, gone_at: expect.any(String) })]);
    expect(simulation.ticks()).toEqual([]);
    await simulation.close();
  });

  it('reads the same, however many ended containers its cloud still shows', async () => {
    const afterRuns = async (runs: number) => {
      const simulation = await Simulation.start(ecsCloud);
      const last = await simulation.create(flow(7000));
      for (let n = 0; n < runs; n++) await simulation.create(flow());
      await simulation.go(TWO_SWEEPS_SECONDS);
      const { work_pool_id: pool_id } = (await simulation.doc(last)).run;
      const calls = simulation.home.consumed.length;
      await simulation.invoke('target', { step: 'sweep', input: { pool_id } });
      const units = simulation.home.consumed.slice(calls).reduce((sum, { units: used }) => sum + used, 0);
      const shown = simulation.fake.containers().length;
      await simulation.close();
      return { units, shown };
    };

    const [few, many] = [await afterRuns(1), await afterRuns(20)];

    expect([few.shown, many.shown]).toEqual([2, 21]);
    expect(many.units).toBe(few.units);
  });

  it('tells of a place that does not answer, and looks again', async () => {
    const simulation = await Simulation.start(CLOUDS[0]);
    simulation.fake.fault({ on: 'list', do: 'permission', times: 20 });
    const id = await simulation.create(flow(2000));
    const report = async () => (await simulation.home.call('GET', '/orphans/')).body[0].findings;

    await simulation.go(ONE_SWEEP_SECONDS);
    const first = await report();
    await simulation.untilOver();
    await simulation.go(TWO_SWEEPS_SECONDS);

    expect(first).toEqual([
      expect.objectContaining({ kind: 'not-looked', message: expect.stringMatching(/permission|may not/i) }),
    ]);
    expect(await report()).toEqual([]);
    expect(await simulation.state(id)).toMatchObject({ type: 'COMPLETED' });
    await simulation.close();
  });
});
