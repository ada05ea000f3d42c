import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../../shared/domain/events/event.ts';
import { publishEvents } from '../../../shared/operations/events/events.ts';
import { type TestApp, testApp } from '../../test-app.ts';
import { type Gateway, gateway } from './socket-client.ts';

const RUN = '0194a5c8-0000-7000-8000-00000000000b';
const OTHER = '0194a5c8-0000-7000-8000-00000000000c';

/** The filter as the SDK sends it: every key, nulls included. */
const everything = {
  occurred: { since: '2000-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z' },
  event: null,
  resource: null,
  related: null,
  any_resource: null,
  id: { id: [] },
  text: null,
  order: 'DESC',
};

describe('/events/out', () => {
  let home: TestApp;
  let sockets: Gateway;
  let now: Date;
  beforeAll(async () => {
    home = await testApp();
    sockets = gateway(home);
    now = home.app.clock.now();
  });
  afterAll(() => home.close());

  const at = (secondsAgo: number): string => new Date(now.getTime() - secondsAgo * 1000).toISOString();
  const event = (name: string, run: string, secondsAgo = 0, payload: Event['payload'] = {}): Event => ({
    id: crypto.randomUUID(),
    occurred: at(secondsAgo).replace('Z', '000Z'),
    event: name,
    resource: { 'prefect.resource.id': `prefect.flow-run.${run}`, 'prefect.resource.name': 'r' },
    related: [],
    payload,
    follows: null,
  });
  const names = (id: string): unknown[] => sockets.take(id).map((message) => (message['event'] as Event).event);

  it('tells the last 15 minutes, oldest first, and then what happens', async () => {
    await publishEvents(home.app, [
      event('prefect.flow-run.Two', RUN, 60),
      event('prefect.flow-run.One', RUN, 800),
      event('prefect.flow-run.Old', RUN, 1000),
    ]);
    await sockets.open('a', '/api/events/out');

    await sockets.send('a', { type: 'filter', filter: everything });
    await publishEvents(home.app, [event('prefect.flow-run.Three', RUN)]);

    const messages = sockets.take('a');
    expect(messages.map((message) => (message['event'] as Event).event)).toEqual([
      'prefect.flow-run.One',
      'prefect.flow-run.Two',
      'prefect.flow-run.Three',
    ]);
    expect(messages[2]).toEqual({ type: 'event', event: expect.objectContaining({ received: expect.any(String) }) });
    await sockets.disconnect('a');
  });

  it('tells nothing of the past when no backfill is wanted', async () => {
    await sockets.open('b', '/api/events/out');

    await sockets.send('b', { type: 'filter', filter: everything, backfill: false });

    expect(sockets.take('b')).toEqual([]);
    await sockets.disconnect('b');
  });

  it('sends what the filter wants and nothing else', async () => {
    await sockets.open('c', '/api/events/out');
    await sockets.send('c', {
      type: 'filter',
      filter: { ...everything, event: { name: ['prefect.flow-run.Cancelling'] } },
      backfill: false,
    });

    await publishEvents(home.app, [
      event('prefect.flow-run.Running', RUN),
      event('prefect.flow-run.Cancelling', OTHER),
      event('custom.Cancelling', OTHER),
    ]);

    expect(names('c')).toEqual(['prefect.flow-run.Cancelling']);
    await sockets.disconnect('c');
  });

  it('stores the subscription before the past is read, so that nothing falls between', async () => {
    await sockets.open('d', '/api/events/out');
    const { events, connections } = home.app.store;
    const read = events.read.bind(events);
    let subscribedFirst = false;
    events.read = (range) => {
      subscribedFirst = true;
      return read(range);
    };
    const subscribe = connections.subscribe.bind(connections);
    connections.subscribe = async (...given) => {
      expect(subscribedFirst).toBe(false);
      await subscribe(...given);
    };

    await sockets.send('d', { type: 'filter', filter: everything });

    expect(subscribedFirst).toBe(true);
    events.read = read;
    connections.subscribe = subscribe;
    await sockets.disconnect('d');
  });

  it('drops a connection that is gone and goes on with the others', async () => {
    for (const id of ['here', 'gone']) {
      await sockets.open(id, '/api/events/out');
      await sockets.send(id, { type: 'filter', filter: everything, backfill: false });
    }
    sockets.gone.add('gone');

    await publishEvents(home.app, [event('prefect.flow-run.Running', RUN)]);

    expect(names('here')).toEqual(['prefect.flow-run.Running']);
    expect(await home.app.store.connections.get('gone')).toBeNull();
    sockets.gone.clear();
    await publishEvents(home.app, [event('prefect.flow-run.Running', RUN)]);
    expect(sockets.take('gone')).toEqual([]);
    await sockets.disconnect('here');
  });

  it('sends each event once to every one of hundreds of sockets, in order', async () => {
    const ids = Array.from({ length: 200 }, (_, n) => `many-${n}`);
    for (const id of ids) {
      await sockets.open(id, '/api/events/out');
      await sockets.send(id, { type: 'filter', filter: everything, backfill: false });
    }

    await publishEvents(home.app, [event('prefect.flow-run.Pending', RUN, 2), event('prefect.flow-run.Running', RUN)]);

    const heard = ids.map(names);
    expect(new Set(heard.map(String))).toEqual(new Set(['prefect.flow-run.Pending,prefect.flow-run.Running']));
    for (const id of ids) await sockets.disconnect(id);
  });

  it('trims an event that is longer than a message may be', async () => {
    await sockets.open('e', '/api/events/out');
    await sockets.send('e', { type: 'filter', filter: everything, backfill: false });

    await publishEvents(home.app, [event('prefect.flow-run.Failed', RUN, 0, { trace: 'x'.repeat(300_000) })]);

    const [message] = sockets.take('e');
    expect(JSON.stringify(message).length).toBeLessThan(128 * 1024);
    expect((message!['event'] as Event).payload['trace']).toMatch(/^x+… \(cut\)$/);
    await sockets.disconnect('e');
  });

  it.each([
    [
      'an unknown key',
      { type: 'filter', filter: { ...everything, zz: 1 } },
      'Invalid filter: filter: unknown key "zz"',
    ],
    [
      'a wrong time',
      { type: 'filter', filter: { occurred: { since: 'then' } } },
      'Invalid filter: filter.occurred.since',
    ],
    ['another message', { type: 'hello' }, "Expected 'filter' message"],
    ['no JSON', 'filter', 'The message is not JSON.'],
  ])('closes on %s with a reason', async (name, message, reason) => {
    await sockets.open(name, '/api/events/out');

    await sockets.send(name, message);

    expect(sockets.take(name)).toEqual([{ type: 'error', reason: expect.stringContaining(reason) }]);
    expect(sockets.closed).toContain(name);
  });

  it('reads one list of the tree and one of the operators for a published event', async () => {
    await publishEvents(home.app, [event('prefect.flow-run.Warm', RUN)]);
    home.consumed.length = 0;

    await publishEvents(home.app, [event('prefect.flow-run.Running', RUN)]);

    expect(home.consumed.filter(({ operation }) => operation === 'query')).toHaveLength(2);
  });
});
