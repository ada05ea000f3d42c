import type { IncomingMessage } from 'node:http';
import { commonLogTime } from './http-event.ts';

/** What every event of one connection says about it. */
export interface ConnectionFacts {
  readonly connectionId: string;
  readonly connectedAtMs: number;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly domainName: string;
}

export type EventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT';
const ROUTE_KEYS = { CONNECT: '$connect', MESSAGE: '$default', DISCONNECT: '$disconnect' } as const;

/** `requestContext` and the rest of a WebSocket API's event (API Gateway developer guide, "WebSocket API mapping template reference"). */
export function websocketEvent(facts: ConnectionFacts, eventType: EventType, more: Record<string, unknown> = {}) {
  const now = new Date();
  const { requestContext, ...rest } = more as { requestContext?: Record<string, unknown> };
  return {
    requestContext: {
      routeKey: ROUTE_KEYS[eventType],
      eventType,
      ...(eventType === 'MESSAGE' && { messageId: crypto.randomUUID() }),
      extendedRequestId: crypto.randomUUID(),
      requestTime: commonLogTime(now),
      messageDirection: 'IN',
      stage: 'api',
      connectedAt: facts.connectedAtMs,
      requestTimeEpoch: now.getTime(),
      identity: { sourceIp: facts.sourceIp, userAgent: facts.userAgent },
      requestId: crypto.randomUUID(),
      domainName: facts.domainName,
      connectionId: facts.connectionId,
      apiId: 'local',
      ...requestContext,
    },
    isBase64Encoded: false,
    ...rest,
  };
}

/**
 * What `$connect` carries besides: headers as the client wrote them, query values, and, as CloudFront adds it because WebSocket
 * stages take no paths, the path in `x-pushpool-path` (a client's own header of that name is dropped).
 */
export function connectDetails(request: IncomingMessage): Record<string, unknown> {
  const [path = '/', rawQuery = ''] = (request.url ?? '/').split('?');
  const headers: Record<string, string> = {};
  const multiValueHeaders: Record<string, string[]> = {};
  const add = (name: string, value: string) => {
    headers[name] = value;
    multiValueHeaders[name] = [...(multiValueHeaders[name] ?? []), value];
  };
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    if (name.toLowerCase() !== 'x-pushpool-path') add(name, request.rawHeaders[index + 1] ?? '');
  }
  add('x-pushpool-path', path);
  const query = new URLSearchParams(rawQuery);
  const names = [...new Set(query.keys())];
  return {
    headers,
    multiValueHeaders,
    ...(names.length > 0 && {
      queryStringParameters: Object.fromEntries(query),
      multiValueQueryStringParameters: Object.fromEntries(names.map((name) => [name, query.getAll(name)])),
    }),
  };
}
