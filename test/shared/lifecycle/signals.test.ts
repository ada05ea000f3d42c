import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repairAll } from '../../../shared/operations/repair.ts';
import { type PushHome, pushHome, running, signalsOf } from './pushed-run.ts';

describe('signals, executions and attempts (rules 1 to 6)', () => {
  let push: PushHome;
  beforeEach(async () => {
    push = await pushHome();
  });
  afterEach(() => push.home.close());

  it('rule 1: a container that completes before the token is stored does not leave the execution waiting', async () => {
    const id = await push.create();
    const input = push.execution(id);
    await push.step('prepare', input);
    await push.step('submit', input);
    await push.setState(id, { type: 'RUNNING' });
    await push.setState(id, { type: 'COMPLETED' });

    await push.step('await-signal', input, 'late-token');

    expect(signalsOf(push.home, 'late-token')).toHaveLength(1);
  });

  it('rule 1: a cancel between the submission and the wait reaches the execution that waits later', async () => {
    const id = await push.create();
    const input = push.execution(id);
    await push.step('prepare', input);
    await push.step('submit', input);
    await push.setState(id, { type: 'CANCELLING' });

    await push.step('await-signal', input, 'late-token');

    expect(signalsOf(push.home, 'late-token')).toHaveLength(1);
  });

  it('rule 1: a terminal state signals the stored token once and Finish reads the run again', async () => {
    const { id, input, token } = await running(push);

    await push.setState(id, { type: 'COMPLETED' });
    await push.step('finish', input);

    expect(signalsOf(push.home, token)).toHaveLength(1);
    expect((await push.doc(id)).life.phase).toBe('closed');
  });

  it('rule 2: an effect whose process died is done by the repair, and a repeated create redoes it', async () => {
    const { engine } = push.home.app;
    const start = engine.start;
    engine.start = async () => {
      throw new Error('the process dies here');
    };
    const id = await push.create({ idempotency_key: 'k' });
    engine.start = start;
    const owed = (await push.doc(id)).life.pending.map((effect) => effect.kind);

    const again = await push.create({ idempotency_key: 'k' });

    expect(owed).toEqual(['start']);
    expect(again).toBe(id);
    expect(push.execution(id)).toMatchObject({ flow_run_id: id, attempt: 1, generation: 1 });
    expect((await push.doc(id)).life.pending).toEqual([]);
  });

  it('rule 3: once the run is stored a throttled start does not fail the create', async () => {
    push.home.app.engine.start = async () => {
      throw new Error('ThrottlingException');
    };

    const id = await push.create();

    expect((await push.state(id)).type).toBe('SCHEDULED');
  });

  it('rule 4: an execution of an older generation ends without effects, clean-up included', async () => {
    const { id, input } = await running(push);
    await push.setState(id, { type: 'SCHEDULED', name: 'AwaitingRetry' });
    const calls = push.cloud.calls.length;

    await push.step('finish', input);
    const prepared = await push.step('prepare', input);

    expect(push.cloud.calls.slice(calls)).toEqual([]);
    expect(prepared).toMatchObject({ next: 'done' });
  });

  it('rule 4: being marked late raises no generation', async () => {
    const id = await push.create();

    await push.setState(id, {
      type: 'SCHEDULED',
      name: 'Late',
      state_details: { scheduled_time: (await push.state(id)).state_details.scheduled_time },
    });

    expect((await push.doc(id)).life.generation).toBe(1);
    expect(push.home.started).toHaveLength(1);
  });

  it('rule 4: a taken name whose execution has closed starts the next generation', async () => {
    const id = await push.create();
    const { engine } = push.home.app;
    engine.describe = async () => 'closed';
    await push.home.app.store.flowRuns.update(id, (doc) => ({
      ...doc,
      life: { ...doc.life, pending: [{ kind: 'start', attempt: 1, generation: 1 }] },
    }));

    await repairAll(push.home.app);

    expect(push.execution(id)).toMatchObject({ attempt: 1, generation: 2 });
  });

  it('rule 5: proposals of a superseded attempt are answered ABORT, with force as well', async () => {
    const { id } = await running(push);
    const old = await push.asRun(id, 1);
    await push.setState(id, { type: 'SCHEDULED', name: 'AwaitingRetry' }, old);

    const answer = await push.home.call(
      'POST',
      `/flow_runs/${id}/set_state`,
      { state: { type: 'CRASHED' }, force: true },
      old,
    );

    expect([answer.status, answer.body.status, answer.body.details.reason]).toEqual([
      200,
      'ABORT',
      'This attempt was superseded.',
    ]);
    expect((await push.state(id)).type).toBe('SCHEDULED');
  });

  it('rule 5: the next attempt is submitted only after the container of the one before has ended', async () => {
    const { id } = await running(push);
    push.cloud.stopsAtOnce = false;
    await push.setState(id, { type: 'SCHEDULED', name: 'AwaitingRetry' });
    const next = push.execution(id);
    await push.step('prepare', next);

    const early = await push.step('submit', next).catch((error: Error) => error.name);
    push.cloud.end(`${id}/1`, { exitCode: 0 });
    await push.step('submit', next);

    expect(early).toBe('TransientError');
    expect([...push.cloud.containers.keys()]).toEqual([`${id}/1`, `${id}/2`]);
  });

  it('rule 6: a blocking pause leaves the execution waiting, a suspension ends the wait', async () => {
    const blocking = await running(push);
    const suspended = await running(push);

    await push.setState(blocking.id, { type: 'PAUSED' });
    await push.setState(suspended.id, { type: 'PAUSED', name: 'Suspended', state_details: { pause_reschedule: true } });

    expect(signalsOf(push.home, blocking.token)).toHaveLength(0);
    expect(signalsOf(push.home, suspended.token)).toHaveLength(1);
  });
});
