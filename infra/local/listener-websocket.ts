import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { WebSocketServer } from 'ws';
import type { Realtime } from '../../shared/ports/realtime.ts';
import type { Admission } from './admission.ts';
import { LIMITS } from './limits.ts';
import { type Connection, openConnection } from './websocket-connection.ts';
import { type ConnectionFacts, connectDetails, websocketEvent } from './websocket-event.ts';

export interface WebsocketListenerOptions {
  /** Calls the realtime function with a WebSocket API event. */
  readonly invoke: (event: unknown) => Promise<unknown>;
  readonly log: (line: Record<string, unknown>) => void;
  readonly admit: Admission;
  /** @default API Gateway's 10 minutes */
  readonly idleSeconds?: number;
  /** @default API Gateway's 2 hours */
  readonly connectionSeconds?: number;
}

export interface WebsocketListener extends Realtime {
  /** How many clients are connected. */
  readonly size: number;
  /** Says goodbye to every client (1001), tells the function, and waits for both. */
  shutDown(): Promise<void>;
}

/**
 * The WebSocket API: upgrades on `server` become `$connect`, `$default` and `$disconnect` events of the realtime function, with
 * API Gateway's limits. As the Realtime port it is `PostToConnection`.
 */
export function attachWebsocketListener(server: Server, options: WebsocketListenerOptions): WebsocketListener {
  const connections = new Map<string, Connection>();
  const protocols = new WeakMap<IncomingMessage, string | false>();
  const upgrader = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: LIMITS.websocket.messageBytes,
    handleProtocols: (_offered, request) => protocols.get(request) ?? false,
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy()); // a client that vanishes during the handshake concerns nobody else
    accept(request, socket, head).catch((error: unknown) => {
      options.log({ level: 'ERROR', message: 'A socket could not be opened.', error: String(error) });
      refuse(socket, 500);
    });
  });

  async function accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (!isHandshake(request)) return refuse(socket, 400);
    if (options.admit(request)) return refuse(socket, 403);
    const facts: ConnectionFacts = {
      connectionId: `${crypto.randomUUID().replaceAll('-', '').slice(0, 15)}=`,
      connectedAtMs: Date.now(),
      sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
      userAgent: request.headers['user-agent'] ?? '',
      domainName: (request.headers.host ?? 'localhost').replace(/:\d+$/, ''),
    };
    const answer = await askConnect(facts, request);
    if (answer.status < 200 || answer.status > 299) return refuse(socket, answer.status, answer.body);
    if (socket.destroyed) return disconnected(facts, 1006, 'The client left during the handshake.');
    protocols.set(request, answer.protocol ?? false);
    upgrader.handleUpgrade(request, socket, head, (ws) => {
      const connection = openConnection(ws, socket, facts, {
        invoke: options.invoke,
        log: options.log,
        idleSeconds: options.idleSeconds ?? LIMITS.websocket.idleSeconds,
        connectionSeconds: options.connectionSeconds ?? LIMITS.websocket.connectionSeconds,
      });
      connections.set(facts.connectionId, connection);
      connection.closed.then(() => connections.delete(facts.connectionId));
    });
  }

  async function askConnect(facts: ConnectionFacts, request: IncomingMessage) {
    try {
      const answer = (await options.invoke(
        websocketEvent(facts, 'CONNECT', connectDetails(request)),
      )) as APIGatewayProxyStructuredResultV2 | null;
      const protocol = Object.entries(answer?.headers ?? {}).find(
        ([name]) => name.toLowerCase() === 'sec-websocket-protocol',
      )?.[1];
      return {
        status: answer?.statusCode ?? 500,
        body: answer?.body,
        protocol: protocol === undefined ? undefined : String(protocol),
      };
    } catch (error) {
      options.log({ level: 'ERROR', message: '$connect failed.', error: String((error as Error)?.stack ?? error) });
      return { status: 500 };
    }
  }

  async function disconnected(facts: ConnectionFacts, code: number, reason: string): Promise<void> {
    await options.invoke(
      websocketEvent(facts, 'DISCONNECT', {
        requestContext: { disconnectStatusCode: code, disconnectReason: reason },
      }),
    );
  }

  return {
    get size() {
      return connections.size;
    },
    async post(connectionId, message) {
      if (Buffer.byteLength(message) > LIMITS.websocket.messageBytes) {
        throw new Error('PayloadTooLargeException: a message to a connection is at most 128 KB.');
      }
      return (await connections.get(connectionId)?.send(message)) ?? 'gone';
    },
    async close(connectionId) {
      connections.get(connectionId)?.close(1000, '');
    },
    async isOpen(connectionId) {
      return connections.get(connectionId)?.isOpen() ?? false;
    },
    async renew(connectionId) {
      connections.get(connectionId)?.close(1012, 'Service restart');
      return true;
    },
    async shutDown() {
      const open = [...connections.values()];
      for (const connection of open) connection.close(1001, 'Going away');
      await Promise.all(open.map((connection) => connection.closed));
    },
  };
}

/** What `ws` would refuse after `$connect` has been told of it. */
function isHandshake({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '') &&
    headers['sec-websocket-version'] === '13'
  );
}

function refuse(socket: Duplex, status: number, body = ''): void {
  if (!socket.writable) return void socket.destroy();
  const text = body || JSON.stringify({ message: STATUS_CODES[status] ?? 'Forbidden' });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
  );
}
