import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { timerFired } from '../../../shared/lifecycle/timer-fired.ts';
import { createApiKey } from '../../../shared/operations/access/api-keys.ts';
import { runToken } from '../../../shared/operations/access/run-tokens.ts';
import type { TimerEvent } from '../../../shared/operations/events/timer-events.ts';
import { type TestApp, testApp } from '../../test-app.ts';
import { type Gateway, gateway } from './socket-client.ts';

const CANCELLING = { event: { name: ['prefect.flow-run.Cancelling'] } };

describe('a socket that listens to events', () => {
  let home: TestApp;
  let sockets: Gateway;
  let renewed: string[];
  beforeEach(async () => {
    home = await testApp();
    renewed = [];
    sockets = gateway(home);
  });
  afterEach(() => home.close());

  const listen = async (id: string, filter: object = {}) => {
    await sockets.open(id, '/api/events/out');
    await sockets.send(id, { type: 'filter', filter, backfill: false });
  };
  const timers = () => [...home.timers.keys()].filter((name) => name.startsWith('listener-'));
  const pass = async (minutes: number) => {
    home.advance(minutes * 60);
    for (const name of timers()) await timerFired(home.app, home.timers.get(name)!.payload as unknown as TimerEvent);
  };
  // biome-ignore lint/suspicious/noExplicitAny: messages are whatever JSON is sent
  const heard = (id: string): any[] => sockets.take(id);

  it('is sent an event of nobody every eight minutes, before the gateway finds it silent', async () => {
    await listen('a', CANCELLING);
    const [timer] = [...home.timers.values()];
    expect(timer!.at.getTime() - home.app.clock.now().getTime()).toBe(8 * 60_000);

    await pass(8);
    await pass(8);

    const [first, second] = heard('a');
    expect(first).toMatchObject({
      type: 'event',
      event: { resource: { 'prefect.resource.id': 'prefect.flow-run.00000000-0000-0000-0000-000000000000' } },
    });
    expect(second.event.id).not.toBe(first.event.id);
  });

  it('is told of nobody’s task run when it waits for task runs, with a state', async () => {
    await listen('a', { event: { name: ['prefect.task-run.Completed'] } });

    await pass(8);

    const [{ event }] = heard('a');
    expect(event.resource['prefect.resource.id']).toMatch(/^prefect\.task-run\./);
    expect(event.payload.validated_state.type).toBe('PENDING');
  });

  it('hears before the two hours are over that it has to ask, if it watches for cancellation; another goes on', async () => {
    await listen('cancelling', CANCELLING);
    await listen('other', { event: { prefix: ['prefect.flow-run.'] } });
    for (let times = 0; times < 14; times++) await pass(8);

    const [last, ...before] = heard('cancelling').reverse();
    expect(last).toEqual({ type: 'event' });
    expect(before).toHaveLength(13);
    expect(heard('other').filter(({ event }) => event === undefined)).toEqual([]);
  });

  it('is made to connect anew before the two hours are over, where the home can', async () => {
    sockets = gateway(home, { renewed });
    await listen('a', CANCELLING);
    for (let times = 0; times < 13; times++) await pass(8);
    expect(renewed).toEqual([]);

    await pass(8);

    expect(renewed).toEqual(['a']);
  });

  it('has its timer as long as it is there, also when nobody was told of its end', async () => {
    await listen('a');
    await listen('b');
    expect(timers()).toHaveLength(2);
    await sockets.disconnect('a');
    expect(timers()).toEqual(['listener-b']);

    sockets.gone.add('b');
    await pass(8);

    expect(timers()).toEqual([]);
    expect(await home.app.store.connections.get('b')).toBeNull();
  });

  it('has none when it is a run’s own, whose container pushpool itself stops, or when it sends', async () => {
    await home.close();
    home = await testApp({ authRequired: true });
    sockets = gateway(home);
    const { key } = await createApiKey(home.app, { name: 'k', role: 'admin' });
    const operator = { authorization: `Bearer ${key}` };
    const flow = await home.call('POST', '/flows/', { name: 'f' }, operator);
    const run = { flow_id: flow.body.id, state: { type: 'RUNNING' } };
    const { body } = await home.call('POST', '/flow_runs/', run, operator);
    await sockets.open('in', '/api/events/in', key);
    await sockets.open('of a run', '/api/events/out', await runToken(home.app, body.id, 1));
    await sockets.send('of a run', { type: 'filter', filter: {}, backfill: false });

    expect(timers()).toEqual([]);
  });
});
