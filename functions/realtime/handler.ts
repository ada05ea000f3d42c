import type { App } from '../../shared/operations/app.ts';
import { closeSocket, openSocket, receiveMessage } from '../../shared/operations/streaming/sockets.ts';

/** What API Gateway sends for a WebSocket API; headers come with `$connect` only. */
export interface SocketEvent {
  readonly requestContext: { readonly routeKey: string; readonly connectionId: string };
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

export interface SocketAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * The WebSocket function: `/events/in`, `/events/out` and `/logs/out` (prefect-api 2). A stage of API Gateway takes no paths:
 * the edge passes the path on as `x-pushpool-path`, and the connection item keeps it. A thrown error is a bug of ours; the
 * gateway tells the sender, and the connection lives on.
 */
export function createRealtimeHandler(app: App) {
  return async (event: SocketEvent): Promise<SocketAnswer> => {
    const { routeKey, connectionId } = event.requestContext;
    try {
      if (routeKey === '$connect') return await connect(app, event);
      if (routeKey === '$disconnect') await closeSocket(app, connectionId);
      else await receiveMessage(app, connectionId, bodyOf(event));
      return { statusCode: 200 };
    } catch (error) {
      console.error(JSON.stringify({ level: 'ERROR', routeKey, connectionId, error: describe(error) }));
      return { statusCode: 500 };
    }
  };
}

async function connect(app: App, event: SocketEvent): Promise<SocketAnswer> {
  const header = (name: string): string | undefined =>
    Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
  const { status, protocol } = await openSocket(app, {
    connectionId: event.requestContext.connectionId,
    path: pathOf(header('x-pushpool-path') ?? ''),
    protocols: (header('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim()),
    authorization: header('authorization'),
  });
  return { statusCode: status, ...(protocol && { headers: { 'Sec-WebSocket-Protocol': protocol } }) };
}

/** Without the API's root and a trailing slash. */
const pathOf = (path: string): string =>
  path
    .replace(/\?.*$/, '')
    .replace(/^\/api(?=\/)/, '')
    .replace(/\/+$/, '');

const bodyOf = ({ body, isBase64Encoded }: SocketEvent): string =>
  isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString() : (body ?? '');

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
