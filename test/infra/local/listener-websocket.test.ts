import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type Gateway, openGateway } from './gateway.ts';

interface SocketEvent {
  requestContext: { routeKey: string; eventType: string; connectionId: string; disconnectStatusCode?: number };
  headers?: Record<string, string>;
  queryStringParameters?: Record<string, string>;
  body?: string;
}

describe('the WebSocket listener', () => {
  let gateway: Gateway;
  const events: SocketEvent[] = [];
  const opened: WebSocket[] = [];
  const start = async (answer: (event: SocketEvent) => unknown = () => ({ statusCode: 200 }), options = {}) => {
    gateway = await openGateway(
      {
        realtime: async (event: SocketEvent) => {
          events.push(event);
          return await answer(event);
        },
      },
      options,
    );
  };
  const client = async (path = '/api/events/in', ...rest: unknown[]) => {
    const ws = new WebSocket(gateway.wsUrl + path, ...(rest as []));
    opened.push(ws);
    await once(ws, 'open');
    return ws;
  };
  const closeOf = async (ws: WebSocket) => ((await once(ws, 'close')) as [number])[0];
  const bodies = () =>
    events.filter((event) => event.requestContext.eventType === 'MESSAGE').map((event) => event.body);
  afterEach(async () => {
    for (const ws of opened.splice(0)) ws.terminate();
    await gateway.close();
    events.length = 0;
  });

  it('tells of a connection, its messages in order, and its end', async () => {
    await start(async (event) => {
      if (event.body === 'first') await new Promise((done) => setTimeout(done, 50)); // the second must wait for it
      return { statusCode: 200 };
    });

    const ws = await client('/api/events/in?x=1', { headers: { 'X-Pushpool-Path': '/forged', 'X-Own': 'a' } });
    ws.send('first');
    ws.send('second');
    ws.close(1000);
    await vi.waitFor(() => expect(events).toHaveLength(4));

    expect(events.map((event) => event.requestContext.routeKey)).toEqual([
      '$connect',
      '$default',
      '$default',
      '$disconnect',
    ]);
    expect(new Set(events.map((event) => event.requestContext.connectionId)).size).toBe(1);
    expect(bodies()).toEqual(['first', 'second']);
    expect(events[0]?.headers).toMatchObject({ 'x-pushpool-path': '/api/events/in', 'X-Own': 'a' });
    expect(events[0]?.headers).not.toHaveProperty('X-Pushpool-Path');
    expect(events[0]?.queryStringParameters).toEqual({ x: '1' });
    expect(events[1]).not.toHaveProperty('headers');
    expect(events[3]?.requestContext.disconnectStatusCode).toBe(1000);
  });

  it("takes the subprotocol from the answer to $connect, and a refusal's status", async () => {
    await start((event) =>
      event.headers?.['x-pushpool-path'] === '/no'
        ? { statusCode: 404 }
        : { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'prefect' } },
    );

    expect((await client('/yes', ['prefect', 'other'])).protocol).toBe('prefect');
    await expect(client('/no', ['prefect'])).rejects.toThrow('Unexpected server response: 404');
  });

  it('refuses a connection whose $connect fails, and one that is no handshake, and goes on', async () => {
    await start((event) => {
      if (event.headers?.['x-pushpool-path'] === '/throws') throw new Error('fault');
      return { statusCode: 200 };
    });

    await expect(client('/throws')).rejects.toThrow('Unexpected server response: 500');
    const raw = gateway.raw();
    raw.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    expect(String((await once(raw, 'data'))[0])).toMatch(/^HTTP\/1.1 400/);
    await expect(client('/x', { origin: 'https://evil.example' })).rejects.toThrow('403');

    expect((await client()).readyState).toBe(WebSocket.OPEN);
  });

  it('answers a message that fails in the function as API Gateway does, and keeps the connection', async () => {
    await start((event) => {
      if (event.body === 'bad') throw new Error('fault');
      return { statusCode: 200 };
    });
    const ws = await client();

    ws.send('bad');
    const [message] = await once(ws, 'message');
    ws.send('good');
    await vi.waitFor(() => expect(bodies()).toEqual(['bad', 'good']));

    expect(JSON.parse(String(message))).toMatchObject({ message: 'Internal server error' });
    expect(ws.readyState).toBe(WebSocket.OPEN);
  });

  it('posts to a connection while it is open, and is told when it is gone', async () => {
    await start();
    const ws = await client();
    const id = events[0]!.requestContext.connectionId;
    const received = once(ws, 'message');

    expect(await gateway.sockets.post(id, 'hello')).toBe('sent');
    expect(String((await received)[0])).toBe('hello');
    await gateway.sockets.close(id);
    await closeOf(ws);

    expect(await gateway.sockets.post(id, 'hello')).toBe('gone');
    expect(await gateway.sockets.post('unknown', 'hello')).toBe('gone');
  });

  it('answers pings', async () => {
    await start();
    const ws = await client();
    const pong = once(ws, 'pong');

    ws.ping('x');

    expect(String((await pong)[0])).toBe('x');
    expect(bodies()).toEqual([]);
  });

  it('says goodbye to everybody when the home ends', async () => {
    await start();
    const ws = await client();
    const closed = closeOf(ws);

    await gateway.sockets.shutDown();

    expect(await closed).toBe(1001);
    expect(events.at(-1)?.requestContext.routeKey).toBe('$disconnect');
    expect(gateway.sockets.size).toBe(0);
  });

  it('loses none of many messages sent at once, and keeps their order', async () => {
    await start();
    const ws = await client();
    const sent = Array.from({ length: 1000 }, (_, index) => `message ${index}`);

    for (const message of sent) ws.send(message);

    await vi.waitFor(() => expect(bodies()).toHaveLength(1000), { timeout: 10_000 });
    expect(bodies()).toEqual(sent);
  });
});
