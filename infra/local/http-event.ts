import type { IncomingHttpHeaders } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** What the listener knows of a request once its body has arrived. */
export interface HttpRequest {
  readonly method: string;
  /** As on the request line: path and query, still encoded. */
  readonly url: string;
  readonly protocol: string;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly domainName: string;
  readonly port: number;
}

/** Headers between client and gateway that the function never sees. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'proxy-authorization',
]);

/**
 * The event that an HTTP API makes of a request, payload format 2.0 (API Gateway developer guide, "Create AWS Lambda proxy
 * integrations for HTTP APIs"): header names in lower case, repeated headers and query values joined by commas, cookies apart,
 * the path decoded (so that `%2F` becomes a slash, and what follows an encoded `?` is lost), the query string left encoded.
 */
export function httpEvent(request: HttpRequest, now: Date): APIGatewayProxyEventV2 {
  const mark = request.url.indexOf('?');
  const rawQueryString = mark < 0 ? '' : request.url.slice(mark + 1);
  const rawPath = decodePath(mark < 0 ? request.url : request.url.slice(0, mark));
  const { headers, cookies } = gatewayHeaders(request);
  const query = queryParameters(rawQueryString);
  const body = encodeBody(request.body, headers);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(query && { queryStringParameters: query }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: request.domainName,
      domainPrefix: request.domainName.split('.')[0] ?? '',
      http: {
        method: request.method,
        path: rawPath,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: crypto.randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...body,
  };
}

/** `24/Nov/2026:01:52:07 +0000`, the time format of API Gateway's events. */
export function commonLogTime(at: Date): string {
  const [, day, month, year, time] = at.toUTCString().match(/^\w+, (\d+) (\w+) (\d+) ([\d:]+)/) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}

/** Bytes that count against the gateway's limit: the request line and the header values. */
export function headerSize(request: Pick<HttpRequest, 'method' | 'url' | 'protocol' | 'rawHeaders'>): number {
  let size = Buffer.byteLength(`${request.method} ${request.url} ${request.protocol}`);
  for (let index = 1; index < request.rawHeaders.length; index += 2) {
    size += Buffer.byteLength(request.rawHeaders[index] ?? '', 'latin1');
  }
  return size;
}

function decodePath(path: string): string {
  let decoded = path;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    // not a valid encoding: the path stays as it came
  }
  return decoded.split('?')[0] ?? decoded;
}

function gatewayHeaders(request: HttpRequest): { headers: Record<string, string>; cookies: string[] } {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = (request.rawHeaders[index] ?? '').toLowerCase();
    const value = request.rawHeaders[index + 1] ?? '';
    if (name === 'cookie') cookies.push(...value.split(';').map((cookie) => cookie.trim()));
    else if (!HOP_BY_HOP.has(name)) headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  const forwarded = headers['x-forwarded-for'];
  return {
    cookies,
    headers: {
      'content-length': String(request.body.length),
      ...headers,
      'x-amzn-trace-id': `Root=1-${crypto.randomUUID()}`,
      'x-forwarded-for': forwarded ? `${forwarded}, ${request.sourceIp}` : request.sourceIp,
      'x-forwarded-port': String(request.port),
      'x-forwarded-proto': 'http',
    },
  };
}

function queryParameters(rawQueryString: string): Record<string, string> | undefined {
  if (rawQueryString === '') return undefined;
  const joined: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    joined[name] = Object.hasOwn(joined, name) ? `${joined[name]},${value}` : value;
  }
  return joined;
}

const TEXT = /^(text\/|application\/(json|javascript|xml|[^;]+\+(json|xml))\b)/i;

function encodeBody(body: Buffer, headers: IncomingHttpHeaders): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const text = TEXT.test(headers['content-type'] ?? '') && !headers['content-encoding'];
  return text
    ? { body: body.toString('utf8'), isBase64Encoded: false }
    : { body: body.toString('base64'), isBase64Encoded: true };
}
