import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

interface Arrived {
  readonly id: string;
  readonly by: 'socket' | 'post';
  readonly authorization: string | undefined;
}

export interface StrictEventsServer {
  readonly apiUrl: string;
  /** Events in the order of their arrival, repeated ones included. */
  readonly arrived: Arrived[];
  /** How many of the next posts are answered 503. */
  refuseNextPosts(count: number): void;
  close(): Promise<void>;
}

/** `/api/events/in` behind a gateway that closes (1009) at a frame over 32 KB, and `POST /api/events` beside it. */
export async function startStrictEventsServer(): Promise<StrictEventsServer> {
  const arrived: Arrived[] = [];
  let refusals = 0;

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method !== 'POST') return void response.end('"3.8.8"');
      if (refusals > 0) {
        refusals -= 1;
        return void response.writeHead(503).end();
      }
      for (const { id } of JSON.parse(Buffer.concat(chunks).toString()) as { id: string }[]) {
        arrived.push({ id, by: 'post', authorization: request.headers.authorization });
      }
      response.writeHead(204).end();
    });
  });
  const sockets = new WebSocketServer({ server, path: '/api/events/in', maxPayload: 32 * 1024 });
  sockets.on('connection', (socket, request) => {
    // The gateway's close of an oversized frame surfaces here as an error of the connection.
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const message = JSON.parse(data.toString()) as { type?: string; id: string };
      if (message.type === 'auth') socket.send('{"type":"auth_success"}');
      else arrived.push({ id: message.id, by: 'socket', authorization: request.headers.authorization });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    arrived,
    refuseNextPosts: (count) => {
      refusals = count;
    },
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
