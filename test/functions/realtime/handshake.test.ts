import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';
import { type Gateway, gateway } from './socket-client.ts';

describe('the handshake of a socket', () => {
  let home: TestApp;
  let sockets: Gateway;
  beforeAll(async () => {
    home = await testApp();
    sockets = gateway(home);
  });
  afterAll(() => home.close());

  it('selects the subprotocol "prefect" and posts nothing before the connection is open', async () => {
    const answer = await sockets.connect('a', '/api/events/in');

    expect(answer).toEqual({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'prefect' } });
    expect(sockets.posted).toEqual([]);
  });

  it('answers a good first message with auth_success', async () => {
    await sockets.connect('b', '/api/events/out');

    await sockets.send('b', { type: 'auth', token: null });

    expect(sockets.take('b')).toEqual([{ type: 'auth_success' }]);
  });

  it.each(['/api/task_runs/subscriptions', '/api/work_pools/p/workers/connect', '/api/nothing', '/api/events/in/x'])(
    'refuses %s with 404 at the upgrade, so that clients use REST',
    async (path) => {
      const answer = await sockets.connect('c', path);

      expect(answer.statusCode).toBe(404);
    },
  );

  it.each([
    ['another type of message', { type: 'filter', filter: {} }],
    ['a frame that is not JSON', '{"type": "auth"'],
    ['a JSON value that is no message', 'null'],
    ['a token that is no text', { type: 'auth', token: 5 }],
  ])('closes on %s with a reason', async (_, message) => {
    const id = `wrong-${JSON.stringify(message).length}`;
    await sockets.connect(id, '/api/events/in');

    await sockets.send(id, message);

    expect(sockets.take(id)).toEqual([{ type: 'auth_failure', reason: "Expected 'auth' message" }]);
    expect(sockets.closed).toContain(id);
    expect(await home.app.store.connections.get(id)).toBeNull();
  });

  it('closes a connection that it does not know', async () => {
    await sockets.send('stranger', { type: 'auth', token: null });

    expect(sockets.closed).toContain('stranger');
  });

  it('serves older clients without subprotocol and without auth message in an open home', async () => {
    const answer = await sockets.connect('old', '/api/events/in', {});

    await sockets.send('old', customEvent('old.client'));

    expect(answer).toEqual({ statusCode: 200 });
    expect(sockets.take('old')).toEqual([]);
    const found = await home.call('POST', '/events/filter', { filter: { event: { name: ['old.client'] } } });
    expect(found.body.total).toBe(1);
  });

  it('forgets the connection when it ends', async () => {
    await sockets.open('d', '/api/events/out');
    await sockets.send('d', { type: 'filter', filter: {} });

    sockets.take('d');

    await sockets.disconnect('d');

    expect(await home.app.store.connections.get('d')).toBeNull();
    await home.call('POST', '/events', [customEvent('after.d')]);
    expect(sockets.take('d')).toEqual([]);
  });
});

describe('the handshake when keys are asked for', () => {
  let home: TestApp;
  let sockets: Gateway;
  beforeAll(async () => {
    home = await testApp({ authRequired: true });
    sockets = gateway(home);
  });
  afterAll(() => home.close());

  it.each([
    [null, 'Auth required but no token provided'],
    ['wrong', 'Invalid token'],
  ])('refuses the token %s', async (token, reason) => {
    const id = `token-${token}`;
    await sockets.connect(id, '/api/events/in');

    await sockets.send(id, { type: 'auth', token });

    expect(sockets.take(id)).toEqual([{ type: 'auth_failure', reason }]);
    expect(sockets.closed).toContain(id);
  });

  it('refuses older clients that bring no credentials to the upgrade', async () => {
    const answer = await sockets.connect('old', '/api/events/in', {});

    expect(answer.statusCode).toBe(403);
  });

  it('takes nothing from a socket that has not authenticated', async () => {
    await sockets.connect('rude', '/api/events/in');

    await sockets.send('rude', customEvent('rude.event'));

    expect(sockets.take('rude')).toEqual([{ type: 'auth_failure', reason: "Expected 'auth' message" }]);
  });
});

function customEvent(name: string): Record<string, unknown> {
  return {
    id: crypto.randomUUID(),
    occurred: new Date(Date.now() - 60_000).toISOString(),
    event: name,
    resource: { 'prefect.resource.id': 'custom.1' },
  };
}
