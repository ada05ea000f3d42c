import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TerminalError, TransientError } from '../../../shared/domain/errors.ts';
import { type PushHome, pushHome, running, signalsOf } from './pushed-run.ts';

describe('how a pushed run ends', () => {
  let push: PushHome;
  beforeEach(async () => {
    push = await pushHome();
  });
  afterEach(() => push.home.close());

  it('goes Scheduled, Pending, Running, Completed, and its container is cleaned up when it has ended', async () => {
    const { id, input } = await running(push);
    await push.setState(id, { type: 'COMPLETED' }, await push.asRun(id, 1));
    await push.step('finish', input);
    await push.containerEnds(id, 1, { exitCode: 0 });

    const { states, run, life } = await push.doc(id);

    expect(states.map((state) => state.type)).toEqual(['SCHEDULED', 'PENDING', 'RUNNING', 'COMPLETED']);
    expect(run.infrastructure_pid).toBeNull();
    expect(life.phase).toBe('closed');
    expect(push.cloud.containers.get(`${id}/1`)?.cleanedUp).toBe(true);
  });

  it('says Crashed with exit code and last lines when the container dies under a running flow', async () => {
    const { id, input } = await running(push);
    push.cloud.containers.get(`${id}/1`)!.output.push('step 1', 'Segmentation fault');

    await push.containerEnds(id, 1, { exitCode: 139 });
    await push.step('finish', input);

    const state = await push.state(id);
    expect(state.type).toBe('CRASHED');
    expect(state.message).toContain('exit code 139');
    expect(state.message).toContain('Segmentation fault');
  });

  it('never takes exit code 0 of an engine for success: a running flow whose container ended has crashed', async () => {
    const { id, input } = await running(push);

    await push.containerEnds(id, 1, { exitCode: 0 });
    await push.step('finish', input);

    expect((await push.state(id)).type).toBe('CRASHED');
  });

  it('never overwrites a reported end with what the container did', async () => {
    const { id, input } = await running(push);
    await push.setState(id, { type: 'FAILED', message: 'the flow said so' });

    await push.containerEnds(id, 1, { exitCode: 137 });
    await push.step('finish', input);

    expect(await push.state(id)).toMatchObject({ type: 'FAILED', message: 'the flow said so' });
  });

  it("adds the container's last lines to the log of a run whose own process called it Crashed, once", async () => {
    const { id, input } = await running(push);
    push.cloud.containers.get(`${id}/1`)!.output.push('step 1', 'the last thing said');
    await push.setState(
      id,
      { type: 'CRASHED', message: 'Process exited with status code: 3.' },
      await push.asRun(id, 1),
    );

    await push.step('finish', input);
    await push.containerEnds(id, 1, { exitCode: 3 });
    await push.containerEnds(id, 1, { exitCode: 3 });

    const logs = await push.home.call('POST', '/logs/filter', { logs: { flow_run_id: { any_: [id] } } });
    expect(logs.body.map((log: { message: string }) => log.message)).toEqual([
      "Last lines of the container's output:\nstep 1\nthe last thing said",
    ]);
    expect(await push.state(id)).toMatchObject({ message: 'Process exited with status code: 3.' });
  });

  it.each([
    [0, 'COMPLETED'],
    [3, 'FAILED'],
  ])(
    'takes exit code %i of a container that never spoke to the API as %s, with its output as logs',
    async (exitCode, type) => {
      const id = await push.create();
      const input = push.execution(id);
      await push.step('prepare', input);
      await push.step('submit', input);
      push.cloud.containers.get(`${id}/1`)!.output.push('hi');

      await push.containerEnds(id, 1, { exitCode });
      await push.step('await-signal', input, 'token');
      await push.step('finish', input);

      const logs = await push.home.call('POST', '/logs/filter', { logs: { flow_run_id: { any_: [id] } } });
      expect((await push.state(id)).type).toBe(type);
      expect(logs.body.map((log: { message: string }) => log.message)).toContain('hi');
    },
  );

  it('says Crashed when the container spoke but ended before the flow started', async () => {
    const id = await push.create();
    const input = push.execution(id);
    await push.step('prepare', input);
    await push.step('submit', input);
    await push.home.call('GET', `/flow_runs/${id}`, undefined, await push.asRun(id, 1));

    await push.containerEnds(id, 1, { exitCode: 0 });
    await push.step('finish', input);

    expect((await push.state(id)).type).toBe('CRASHED');
  });

  it('starts a new attempt, apart from the flow’s retries, when the infrastructure failed before the flow started', async () => {
    const id = await push.create();
    const input = push.execution(id);
    await push.step('prepare', input);
    await push.step('submit', input);

    await push.containerEnds(id, 1, { phase: 'failed', cause: 'spot', message: 'The host was taken back.' });
    await push.step('finish', input);
    const next = push.execution(id);
    await push.step('prepare', next);

    expect(next).toMatchObject({ attempt: 2, generation: 2 });
    expect(await push.state(id)).toMatchObject({ type: 'PENDING', name: 'InfrastructurePending' });
    expect((await push.doc(id)).run.run_count).toBe(0);
  });

  it('says why when the cloud refuses the job', async () => {
    const id = await push.create();
    const input = push.execution(id);
    await push.step('prepare', input);
    push.cloud.failOnce('submit', 'before', new TerminalError('invalid', 'The image name is not valid.'));

    await push.step('submit', input);

    expect(await push.state(id)).toMatchObject({
      type: 'CRASHED',
      message: 'Failed to submit flow run to infrastructure: The image name is not valid.',
    });
  });

  it('starts no second container when the answer of the first submission was lost', async () => {
    const id = await push.create();
    const input = push.execution(id);
    await push.step('prepare', input);
    push.cloud.failOnce('submit', 'after', new TransientError('lost', 'The answer was lost.'));

    const first = await push.step('submit', input).catch((error: Error) => error.name);
    await push.step('submit', input);

    expect(first).toBe('TransientError');
    expect(push.cloud.containers.size).toBe(1);
    expect((await push.doc(id)).run.infrastructure_pid).toBe(`fake:${id}/1`);
  });

  it('begins no flow a second time whose container spoke and vanished before its submission was recorded', async () => {
    const id = await push.create();
    const input = push.execution(id);
    await push.step('prepare', input);
    push.cloud.failOnce('submit', 'after', new TransientError('lost', 'The answer was lost.'));
    await push.step('submit', input).catch(() => null);
    await push.setState(id, { type: 'RUNNING' }, await push.asRun(id, 1));
    push.cloud.containers.clear();

    const again = await push.step('submit', input).catch((error: Error) => error.name);
    await push.step('finish', input);

    expect(again).toBe('TransientError');
    expect(push.cloud.containers.size).toBe(0);
    expect(await push.state(id)).toMatchObject({ type: 'CRASHED', message: expect.stringMatching(/is gone/) });
  });

  it('gives up with the last reason when submitting kept failing', async () => {
    const id = await push.create();
    const input = push.execution(id);
    await push.step('prepare', input);
    push.cloud.failOnce('submit', 'before');
    await push.step('submit', input).catch(() => null);

    await push.step('finish', input);

    expect((await push.state(id)).message).toBe(
      'Failed to submit flow run to infrastructure: The cloud did not answer.',
    );
  });

  it('rule 7: a container that ends while an in-process retry waits gets a new attempt', async () => {
    const { id, input } = await running(push);
    await push.home.call('PATCH', `/flow_runs/${id}`, { empirical_policy: { retries: 1, retry_delay: 0 } });
    const failed = await push.setState(id, { type: 'FAILED' }, await push.asRun(id, 1));

    await push.containerEnds(id, 1, { exitCode: 137 });
    await push.step('finish', input);

    expect([failed.body.status, failed.body.state.name]).toEqual(['REJECT', 'AwaitingRetry']);
    expect(push.execution(id)).toMatchObject({ attempt: 2 });
    expect((await push.doc(id)).run.empirical_policy.retry_type).toBeNull();
  });

  it('rule 7: an in-process retry starts no second execution while its container lives', async () => {
    const { id, token } = await running(push);
    await push.home.call('PATCH', `/flow_runs/${id}`, { empirical_policy: { retries: 1, retry_delay: 0 } });

    await push.setState(id, { type: 'FAILED' }, await push.asRun(id, 1));

    expect(push.home.started.filter(({ input }) => input.flow_run_id === id)).toHaveLength(1);
    expect(signalsOf(push.home, token)).toHaveLength(0);
  });

  it('stops a container whose run is over and that does not end by itself', async () => {
    const { id, input } = await running(push);
    await push.setState(id, { type: 'COMPLETED' });
    await push.step('finish', input);
    const timer = push.home.timers.get(`clean-up-${id}-1`);

    push.home.advance(61);
    await push.step('clean-up', (timer!.payload as { input: typeof input }).input);

    expect(push.cloud.calls).toContain(`stop ${id}/1`);
  });

  it('a template that cannot be resolved ends the run with the name of what is missing', async () => {
    const id = await push.create({ job_variables: { image: '{{ prefect.blocks.secret.absent }}' } });

    await push.step('prepare', push.execution(id));

    const state = await push.state(id);
    expect(state.type).toBe('CRASHED');
    expect(state.message).toMatch(/^Failed to submit flow run to infrastructure: .*absent/);
  });
});
