import { request as httpRequest } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { WebSocket } from 'ws';
import { PAGE_PATH } from '../../functions/page/handler.ts';
import { API_PATHS } from '../../infra/aws/api-paths.ts';
import { SOCKET_PATHS } from '../../infra/aws/socket-paths.ts';
import { UNAVAILABLE_PATH } from '../../infra/aws/unavailable.ts';
import { fromAnywhere } from '../../infra/local/admission.ts';
import { createHttpListener } from '../../infra/local/listener-http.ts';
import { attachWebsocketListener, type WebsocketListener } from '../../infra/local/listener-websocket.ts';
import type { StackOutputs } from './deploy.ts';
import { REGION } from './emulator.ts';

export interface Edge {
  close(): Promise<void>;
}

/** Headers that belong to one connection and are made anew for the next. */
const HOP_BY_HOP = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade']);

/**
 * CloudFront's place: one port, the HTTP API and the WebSocket API behind it. The limits of API Gateway, which the emulator does
 * not have, are those of the local home's own listeners.
 */
export async function startEdge(port: number, endpoint: string, outputs: StackOutputs): Promise<Edge> {
  const log = (line: Record<string, unknown>) => console.error(JSON.stringify(line));
  const server = createHttpListener({
    log,
    admit: fromAnywhere,
    invoke: (event) => forward(endpoint, outputs.HttpApiId, event),
  });
  const sockets: WebsocketListener = attachWebsocketListener(server, {
    log,
    admit: fromAnywhere,
    invoke: bridge(endpoint, outputs, () => sockets),
  });
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => done());
  });
  return {
    async close() {
      await sockets.shutDown();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** The path that CloudFront asks the HTTP API for: the API's own as it is, the page's under the page. */
function atOrigin(path: string): string {
  const matches = (pattern: string) =>
    pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
  if ([...API_PATHS, UNAVAILABLE_PATH].some(matches)) return path;
  return `${PAGE_PATH}${path === '/' ? '/index.html' : path}`;
}

/** One request to the HTTP API, which the emulator knows by its host name. */
function forward(endpoint: string, apiId: string, given: unknown): Promise<APIGatewayProxyStructuredResultV2> {
  const event = given as APIGatewayProxyEventV2;
  const headers = Object.entries(event.headers).filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()));
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  const query = event.rawQueryString ? `?${event.rawQueryString}` : '';
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${endpoint}${atOrigin(event.rawPath)}${query}`,
      {
        method: event.requestContext.http.method,
        headers: {
          ...(Object.fromEntries(headers) as Record<string, string>),
          host: `${apiId}.execute-api.${REGION}.amazonaws.com`,
          'content-length': body.length,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const kept = Object.entries(response.headers).filter(([name]) => !HOP_BY_HOP.has(name));
          resolve({
            statusCode: response.statusCode ?? 500,
            headers: Object.fromEntries(kept) as Record<string, string>,
            body: Buffer.concat(chunks).toString('base64'),
            isBase64Encoded: true,
          });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

interface SocketEvent {
  readonly requestContext: { readonly connectionId: string; readonly eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT' };
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Each client's socket is one to the WebSocket API behind: opened with the client's headers and the path as CloudFront's function
 * hands it on. The emulator selects no subprotocol, so the edge answers Prefect's own.
 */
function bridge(endpoint: string, outputs: StackOutputs, clients: () => WebsocketListener) {
  const behind = new Map<string, WebSocket>();
  const address = `${endpoint.replace('http', 'ws')}/_fakecloud/apigatewayv2/ws/${outputs.WebSocketApiId}?stage=${outputs.WebSocketStage}`;

  async function connect(id: string, given: Readonly<Record<string, string>>) {
    // To the HTTP API such an upgrade is a request for a path that it does not have.
    if (!SOCKET_PATHS.some((path) => path === given['x-pushpool-path'])) return { statusCode: 404 };
    const kept = Object.entries(given).filter(([name]) => !/^(host|connection|upgrade|sec-websocket-.*)$/i.test(name));
    const offered = Object.entries(given).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol')?.[1];
    const protocols = offered ? offered.split(',').map((protocol) => protocol.trim()) : [];
    // As a plain header: the emulator selects none of them, and a client that offered some would take that for a refusal.
    const headers = { ...Object.fromEntries(kept), ...(offered && { 'sec-websocket-protocol': offered }) };
    const socket = new WebSocket(address, { headers, perMessageDeflate: false });
    const refusal = await new Promise<number | null>((done) => {
      socket.once('open', () => done(null));
      socket.once('unexpected-response', (_request, response) => done(response.statusCode ?? 500));
      socket.once('error', () => done(500));
    });
    if (refusal !== null) return { statusCode: refusal };
    socket.on('message', (data) => void clients().post(id, data.toString()));
    socket.on('error', () => {}); // a close follows
    socket.on('close', () => {
      behind.delete(id);
      void clients().close(id);
    });
    behind.set(id, socket);
    return { statusCode: 200, headers: protocols[0] ? { 'sec-websocket-protocol': protocols[0] } : {} };
  }

  return async (given: unknown): Promise<unknown> => {
    const event = given as SocketEvent;
    const { connectionId, eventType } = event.requestContext;
    if (eventType === 'CONNECT') return connect(connectionId, event.headers ?? {});
    const socket = behind.get(connectionId);
    if (eventType === 'MESSAGE') socket?.send(event.body ?? '');
    else socket?.close();
    return null;
  };
}
