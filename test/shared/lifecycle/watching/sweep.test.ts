import { afterEach, describe, expect, it } from 'vitest';
import type { FlowRunDocument } from '../../../../shared/domain/flow-run-life.ts';
import { resolveJobOfRun } from '../../../../shared/lifecycle/submitting/resolve-job.ts';
import { CLOUDS } from '../../../fakes/clouds.ts';
import { breaches } from '../../../invariants.ts';
import { Killed } from '../../../simulation/kill.ts';
import { flow, Simulation } from '../../../simulation/simulation.ts';

const ANOTHER_HOMES_RUN = '0199b6f0-0000-7000-8000-00000000000f';
/** With what they wait for. */
const ONE_SWEEP_SECONDS = 1000;
const TWO_SWEEPS_SECONDS = 1950;
/** The call of Submit that makes it, after the run and its job are read. */
const ENTRY_IN_THE_WATCH = 3;

describe.each(CLOUDS)('the sweep of a pool on $name', (cloud) => {
  let simulation: Simulation;
  afterEach(() => simulation.close());

  /** A container as a submission makes it that nobody knows of any more. */
  async function lost(doc: FlowRunDocument, flowRunId: string, attempt: number): Promise<string> {
    const { app } = simulation.home;
    const { job, run } = await resolveJobOfRun(app, doc.run, '');
    const target = simulation.fake.target(app, (_label, work) => work());
    const { ref } = await target.submit(job, { flowRunId, attempt, run, mayExist: false });
    return ref.pid;
  }
  /** Stops the execution of a new run by hand and kills its submission after that many calls; false when it came to its end. */
  async function submissionDies(id: string, calls: number): Promise<boolean> {
    const { machine, killer } = simulation;
    const { name, input } = [...machine.executions.values()].find((execution) => execution.input.flow_run_id === id)!;
    machine.abort(name);
    await simulation.invoke('lifecycle', { step: 'prepare', input });
    killer.kill = { at: killer.calls.length + calls, when: 'after' };
    try {
      await simulation.invoke('target', { step: 'submit', input });
      return false;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      return true;
    } finally {
      killer.kill = null;
    }
  }
  const findings = async () => (await simulation.home.call('GET', '/orphans/')).body[0]?.findings ?? [];

  it('stops a container that its run knows no more, tells it for a day, and then rests', async () => {
    simulation = await Simulation.start(cloud);
    const id = await simulation.create(async (container) => {
      if (container.view.at.attempt > 0) await flow()(container);
    });
    await simulation.untilOver();
    const pid = await lost(await simulation.doc(id), id, 0);

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
    const pid = await lost(await simulation.doc(id), ANOTHER_HOMES_RUN, 1);

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

  it('does so wherever the submission had died before, from its entry in the watch on, cancelled since or not', async () => {
    simulation = await Simulation.start(cloud);
    await simulation.create(flow(600)); // keeps the pool's watch on
    await simulation.go(30);
    const ends = new Map<string, string>();

    for (let call = ENTRY_IN_THE_WATCH, died = true; died; call++) {
      const id = await simulation.create(flow());
      died = await submissionDies(id, call);
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
