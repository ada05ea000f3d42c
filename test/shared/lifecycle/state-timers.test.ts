import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { timerFired } from '../../../shared/lifecycle/timer-fired.ts';
import type { TimerEvent } from '../../../shared/operations/events/timer-events.ts';
import { repairAll } from '../../../shared/operations/repair.ts';
import { type TestApp, testApp } from '../../test-app.ts';

describe('a state that must not stay', () => {
  let home: TestApp;
  let flowId: string;
  beforeEach(async () => {
    home = await testApp({ now: new Date('2027-01-01T00:00:00Z') });
    flowId = (await home.call('POST', '/flows/', { name: 'f' })).body.id;
  });
  afterEach(() => home.close());

  const start = async (more: object = {}): Promise<string> => {
    const { body } = await home.call('POST', '/flow_runs/', { flow_id: flowId, state: { type: 'RUNNING' }, ...more });
    return body.id;
  };
  const set = (id: string, state: object) => home.call('POST', `/flow_runs/${id}/set_state`, { state, force: true });
  const stateOf = async (id: string) => (await home.call('GET', `/flow_runs/${id}`)).body.state;
  /** Fires what is due, twice, as timers may. */
  async function pass(seconds: number): Promise<void> {
    home.advance(seconds);
    for (let round = 0; round < 5; round++) {
      for (const [name, timer] of [...home.timers]) {
        if (timer.at > home.app.clock.now() || !name.startsWith('state-')) continue;
        home.timers.delete(name);
        for (let times = 0; times < 2; times++) await timerFired(home.app, timer.payload as unknown as TimerEvent);
      }
    }
  }
  const pause = (seconds: number, more: object = {}) => ({
    type: 'PAUSED',
    state_details: {
      pause_timeout: new Date(home.app.clock.now().getTime() + seconds * 1000).toISOString(),
      ...more,
    },
  });

  it('a pause ends as Failed at its time, not before', async () => {
    const id = await start();
    await set(id, pause(600, { pause_reschedule: true }));
    await pass(599);
    expect((await stateOf(id)).type).toBe('PAUSED');

    await pass(2);

    expect(await stateOf(id)).toMatchObject({ type: 'FAILED', message: 'The flow was paused and never resumed.' });
    expect((await home.call('GET', `/flow_run_states/?flow_run_id=${id}`)).body).toHaveLength(3);
  });

  it('a pause that was resumed, or moved to a later time, is left alone by the first timer', async () => {
    const [resumed, moved] = [await start(), await start()];
    await set(resumed, pause(60));
    await set(moved, pause(60));
    await set(resumed, { type: 'RUNNING' });
    await set(moved, pause(600));

    await pass(300);

    expect([(await stateOf(resumed)).type, (await stateOf(moved)).type]).toEqual(['RUNNING', 'PAUSED']);
    await pass(301);
    expect((await stateOf(moved)).type).toBe('FAILED');
  });

  it('cancelling ends as Cancelled after five minutes when no worker has said so', async () => {
    const id = await start();
    await set(id, { type: 'CANCELLING' });
    await pass(299);
    expect((await stateOf(id)).type).toBe('CANCELLING');

    await pass(2);

    expect(await stateOf(id)).toMatchObject({
      type: 'CANCELLED',
      message: 'Flow run cancellation timed out; marked this flow run as Cancelled.',
    });
  });

  it('a cancelled run cancels its open task runs and its subflows, those with a deployment by asking', async () => {
    const parent = await start();
    const task = async (key: string, state = 'RUNNING') => {
      const body = { flow_run_id: parent, task_key: key, dynamic_key: '0', state: { type: state } };
      return (await home.call('POST', '/task_runs/', body)).body.id;
    };
    const [open, done, tracking, asking] = [
      await task('a'),
      await task('b', 'COMPLETED'),
      await task('c'),
      await task('d'),
    ];
    const deployment = await home.call('POST', '/deployments/', { name: 'd', flow_id: flowId });
    const subflow = await start({ parent_task_run_id: tracking });
    const deployed = (
      await home.call('POST', `/deployments/${deployment.body.id}/create_flow_run`, {
        parent_task_run_id: asking,
        state: { type: 'RUNNING' },
      })
    ).body.id;

    await set(parent, { type: 'CANCELLED' });
    await pass(1);

    const tasks = await Promise.all(
      [open, done].map(async (id) => (await home.call('GET', `/task_runs/${id}`)).body.state),
    );
    expect(tasks.map(({ type, message }) => [type, message])).toEqual([
      ['CANCELLED', 'The parent flow run was cancelled.'],
      ['COMPLETED', null],
    ]);
    expect([(await stateOf(subflow)).type, (await stateOf(deployed)).type]).toEqual(['CANCELLED', 'CANCELLING']);
  });

  it('a subflow without a deployment that is being cancelled is cancelled with its parent: nobody else will say so', async () => {
    const parent = await start();
    const task = { flow_run_id: parent, task_key: 'a', dynamic_key: '0' };
    const parent_task_run_id = (await home.call('POST', '/task_runs/', task)).body.id;
    const subflow = await start({ parent_task_run_id });
    await set(subflow, { type: 'CANCELLING' });
    await set(parent, { type: 'CANCELLED' });

    await pass(1);

    expect(await stateOf(subflow)).toMatchObject({
      type: 'CANCELLED',
      message: 'The parent flow run was cancelled.',
    });
  });

  it('has its timer set by the repair when the process died before', async () => {
    const id = await start();
    const { set: setTimer } = home.app.timers;
    home.app.timers.set = async () => Promise.reject(new Error('killed'));
    await set(id, { type: 'CANCELLING' });
    home.app.timers.set = setTimer;
    expect([...home.timers.keys()].filter((name) => name.startsWith('state-'))).toEqual([]);

    await repairAll(home.app);
    await pass(301);

    expect((await stateOf(id)).type).toBe('CANCELLED');
  });
});
