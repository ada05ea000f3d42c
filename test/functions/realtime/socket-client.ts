import { createRealtimeHandler, type SocketAnswer } from '../../../functions/realtime/handler.ts';
import type { TestApp } from '../../test-app.ts';

/** The gateway's side of sockets: what was posted to whom, who was closed, and who is gone or slow. */
export interface Gateway {
  readonly posted: { connectionId: string; message: Record<string, unknown> }[];
  readonly closed: string[];
  /** Connections that answer 410. */
  readonly gone: Set<string>;
  connect(id: string, path: string, headers?: Record<string, string>): Promise<SocketAnswer>;
  send(id: string, message: unknown): Promise<SocketAnswer>;
  disconnect(id: string): Promise<SocketAnswer>;
  /** Connects with the subprotocol and authenticates. */
  open(id: string, path: string, token?: string | null): Promise<void>;
  /** What one connection was sent since the last call. */
  take(id: string): Record<string, unknown>[];
}

/** Sends WebSocket events through the real door and records what the realtime port is asked; connections can be renewed when `renewed` is there to note them. */
export function gateway(home: TestApp, options: { renewed?: string[] } = {}): Gateway {
  const posted: Gateway['posted'] = [];
  const closed: string[] = [];
  const gone = new Set<string>();
  const { renewed = null } = options;
  Object.assign(home.app, {
    realtime: {
      async post(connectionId: string, message: string) {
        if (gone.has(connectionId)) return 'gone';
        posted.push({ connectionId, message: JSON.parse(message) });
        return 'sent';
      },
      async close(connectionId: string) {
        closed.push(connectionId);
      },
      isOpen: async (connectionId: string) => !gone.has(connectionId) && !closed.includes(connectionId),
      async renew(connectionId: string) {
        if (renewed) renewed.push(connectionId);
        return renewed !== null;
      },
    },
  });
  const handle = createRealtimeHandler(home.app);
  const call = (routeKey: string, connectionId: string, more: Record<string, unknown> = {}) =>
    handle({ requestContext: { routeKey, connectionId }, ...more });
  const send: Gateway['send'] = (id, message) =>
    call('$default', id, { body: typeof message === 'string' ? message : JSON.stringify(message) });
  const connect: Gateway['connect'] = (id, path, headers = { 'Sec-WebSocket-Protocol': 'prefect' }) =>
    call('$connect', id, { headers: { ...headers, 'x-pushpool-path': path } });
  const take: Gateway['take'] = (id) => {
    const mine = posted.filter(({ connectionId }) => connectionId === id);
    posted.splice(0, posted.length, ...posted.filter(({ connectionId }) => connectionId !== id));
    return mine.map(({ message }) => message);
  };
  return {
    posted,
    closed,
    gone,
    connect,
    send,
    disconnect: (id) => call('$disconnect', id),
    async open(id, path, token = null) {
      await connect(id, path);
      await send(id, { type: 'auth', token });
      take(id);
    },
    take,
  };
}
