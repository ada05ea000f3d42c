import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PushHome, pushHome, running, signalsOf } from './pushed-run.ts';

describe('cancelling and deleting (rules 10 and 11)', () => {
  let push: PushHome;
  beforeEach(async () => {
    push = await pushHome();
  });
  afterEach(() => push.home.close());

  const cancel = (id: string) => push.setState(id, { type: 'CANCELLING', name: 'Cancelling' });

  it('cancels a scheduled run at once: there is no infrastructure to terminate', async () => {
    const id = await push.create();

    const answer = await cancel(id);
    const prepared = await push.step('prepare', push.execution(id));

    expect([answer.status, answer.body.status, answer.body.state.type]).toEqual([201, 'REJECT', 'CANCELLED']);
    expect(prepared).toMatchObject({ next: 'done' });
    expect(push.cloud.calls).toEqual([]);
  });

  it('gives a running container 45 s to report Cancelled before it is stopped', async () => {
    const { id, input, token } = await running(push);
    await cancel(id);
    const early = await push.step('finish', input).catch((error: Error) => error.name);
    push.home.advance(46);

    const late = await push.step('finish', input).catch((error: Error) => error.name);
    await push.step('finish', input);

    expect(signalsOf(push.home, token)).toHaveLength(1);
    expect([early, late]).toEqual(['AwaitEnd', 'AwaitEnd']);
    expect(push.cloud.calls.filter((call) => call.startsWith('stop'))).toEqual([`stop ${id}/1`]);
    expect((await push.state(id)).type).toBe('CANCELLED');
  });

  it('leaves a container that reports Cancelled by itself to end by itself', async () => {
    const { id, input } = await running(push);
    await cancel(id);
    await push.step('finish', input).catch(() => null);
    await push.step('await-end', input, 'end-token');
    await push.setState(
      id,
      { type: 'CANCELLED', message: 'Flow run was cancelled successfully.' },
      await push.asRun(id, 1),
    );

    await push.step('finish', input);

    expect(signalsOf(push.home, 'end-token')).toHaveLength(1);
    expect(push.cloud.calls.filter((call) => call.startsWith('stop'))).toEqual([]);
    expect((await push.state(id)).message).toBe('Flow run was cancelled successfully.');
  });

  it('keeps a report of Cancelled that comes while Finish is about to wait', async () => {
    const { id, input } = await running(push);
    await cancel(id);
    await push.step('finish', input).catch(() => null);
    await push.setState(id, { type: 'CANCELLED' }, await push.asRun(id, 1));

    await push.step('await-end', input, 'end-token');

    expect(signalsOf(push.home, 'end-token')).toHaveLength(1);
  });

  it('finishes a submission under way, then stops what it made', async () => {
    const id = await push.create();
    const input = push.execution(id);
    await push.step('prepare', input);
    push.cloud.failOnce('submit', 'after');
    await push.step('submit', input).catch(() => null);
    await cancel(id);

    await push.step('submit', input);
    push.home.advance(46);
    await push.step('finish', input).catch(() => null);
    await push.step('finish', input);

    expect(push.cloud.calls).toContain(`stop ${id}/1`);
    expect((await push.state(id)).type).toBe('CANCELLED');
  });

  it('submits nothing for a run that was cancelled before anything was asked of the cloud', async () => {
    const id = await push.create();
    const input = push.execution(id);
    await push.step('prepare', input);
    await cancel(id);

    await push.step('submit', input);
    await push.step('finish', input);

    expect(push.cloud.containers.size).toBe(0);
    expect((await push.state(id)).type).toBe('CANCELLED');
  });

  it('marks the run Cancelled after 300 s and says that the end is not confirmed', async () => {
    const { id, input } = await running(push);
    push.cloud.stopsAtOnce = false;
    await cancel(id);
    push.home.advance(301);

    await push.step('finish', input);

    const state = await push.state(id);
    expect(state.type).toBe('CANCELLED');
    expect(state.message).toContain('could not be confirmed');
  });

  it('rule 10: deleting a running run hides it at once, stops its container, then removes it', async () => {
    const { id, input, token } = await running(push);

    const deleted = await push.home.call('DELETE', `/flow_runs/${id}`);
    const read = await push.home.call('GET', `/flow_runs/${id}`);
    await push.step('finish', input).catch(() => null);
    await push.step('finish', input);

    expect([deleted.status, read.status]).toEqual([204, 404]);
    expect(signalsOf(push.home, token)).toHaveLength(1);
    expect(push.cloud.calls).toContain(`stop ${id}/1`);
    expect(await push.home.app.store.flowRuns.get(id)).toBeNull();
  });
});
