import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Admission } from './admission.ts';
import { headerSize, httpEvent } from './http-event.ts';
import { InvocationError } from './lambda.ts';
import { LIMITS } from './limits.ts';
import type { WebPage } from './web-page.ts';

export interface HttpListenerOptions {
  /** Calls the API function with an HTTP API event (payload 2.0). */
  readonly invoke: (event: unknown) => Promise<unknown>;
  /** Faults outside the function, for the operator. */
  readonly log: (line: Record<string, unknown>) => void;
  readonly admit: Admission;
  /** The web page, for what is not the API's; absent when it is not built. */
  readonly page?: WebPage | null;
  /** @default API Gateway's 30 */
  readonly integrationSeconds?: number;
}

/** A body nobody will read is still taken from the wire up to here, so that the client sees the answer and not a broken pipe. */
const DRAIN_BYTES = 64 * 1024 * 1024;

/**
 * The HTTP API and CloudFront before it: every request becomes one call of the API function. Refuses what API Gateway refuses
 * (413 body, 431 headers) and answers 503 where the function failed, exceeded its limits or took too long: CloudFront maps
 * 500 and 504 to 503, which Prefect's clients retry (rule 27).
 */
export function createHttpListener(options: HttpListenerOptions): Server {
  const server = createServer(
    // larger than the gateway's limit, so that it is us who answer 431
    { maxHeaderSize: 64 * 1024, keepAliveTimeout: 60_000, headersTimeout: 30_000, requestTimeout: 120_000 },
    (request, response) => {
      serve(server, options, request, response).catch((error: unknown) => {
        options.log({ level: 'ERROR', message: 'A request could not be served.', error: String(error) });
        response.destroy();
      });
    },
  );
  server.on('clientError', refuseUnreadable);
  return server;
}

async function serve(
  server: Server,
  options: HttpListenerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const line = {
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    protocol: `HTTP/${request.httpVersion}`,
    rawHeaders: request.rawHeaders,
  };
  const body = await readBody(request);
  if (body === 'aborted') return;
  const refusal = options.admit(request);
  if (refusal) return send(response, 403, refusal);
  if (headerSize(line) > LIMITS.http.headerBytes) {
    return send(response, 431, 'Request Header Fields Too Large');
  }
  if (body === 'too large') return send(response, 413, 'Request Entity Too Large');
  if (options.page?.(request, response)) return;
  const { port } = server.address() as AddressInfo;
  const event = httpEvent(
    {
      ...line,
      body,
      port,
      sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
      domainName: (request.headers.host ?? 'localhost').replace(/:\d+$/, ''),
    },
    new Date(),
  );
  try {
    const seconds = options.integrationSeconds ?? LIMITS.http.integrationSeconds;
    const answer = await within(seconds, options.invoke(event));
    sendAnswer(response, answer as APIGatewayProxyStructuredResultV2);
  } catch (error) {
    if (error instanceof InvocationError && error.name === 'RequestTooLarge') {
      return send(response, 413, 'Request Entity Too Large');
    }
    const timedOut = error === TIMED_OUT;
    options.log({
      level: 'ERROR',
      message: timedOut ? 'The API function took too long.' : 'The API function failed.',
      path: line.url.split('?')[0],
      ...(!timedOut && { error: String((error as Error)?.stack ?? error) }),
    });
    send(response, 503, timedOut ? 'Service Unavailable' : 'Internal Server Error');
  }
}

const TIMED_OUT = Symbol('timed out');

async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(TIMED_OUT), seconds * 1000);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function readBody(request: IncomingMessage): Promise<Buffer | 'too large' | 'aborted'> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LIMITS.http.bodyBytes) chunks.push(chunk);
      else chunks = [];
      if (size > DRAIN_BYTES) request.destroy();
    });
    request.on('end', () => resolve(size > LIMITS.http.bodyBytes ? 'too large' : Buffer.concat(chunks)));
    request.on('close', () => resolve('aborted'));
    request.on('error', () => resolve('aborted')); // the client went away: there is nobody to answer
  });
}

/** API Gateway's reading of a function's answer: without a `statusCode` the whole value is a JSON body. */
function sendAnswer(response: ServerResponse, answer: APIGatewayProxyStructuredResultV2 | string | null): void {
  const structured =
    answer !== null && typeof answer === 'object' && answer.statusCode !== undefined
      ? answer
      : { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
  const status = structured.statusCode === 500 || structured.statusCode === 504 ? 503 : (structured.statusCode ?? 200);
  const body = Buffer.from(structured.body ?? '', structured.isBase64Encoded ? 'base64' : 'utf8');
  for (const [name, value] of Object.entries(structured.headers ?? {})) response.setHeader(name, String(value));
  if (structured.cookies?.length) response.setHeader('set-cookie', structured.cookies);
  response.statusCode = status;
  if (status !== 204 && status !== 304) response.setHeader('content-length', body.length);
  response.end(status === 204 || status === 304 ? undefined : body);
}

function send(response: ServerResponse, status: number, message: string): void {
  const body = JSON.stringify({ message });
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const [status, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'Request Header Fields Too Large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'Request Timeout']
        : ['400 Bad Request', 'Bad Request'];
  const body = JSON.stringify({ message });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}
