import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface JsonRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly token: string | null;
}
export interface JsonAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
export interface JsonServer {
  readonly url: string;
  /** Every request so far: "PUT /path". */
  readonly recorded: string[];
  readonly faults: Faults;
  close(): Promise<void>;
}

/** What goes wrong with calls that change something, counted from 0. */
export interface Faults {
  /** The calls that changed something, in order. */
  readonly changes: string[];
  /** Asked before each of them; null lets it pass. `lost`: it passes, and the connection breaks before the answer. */
  refuse: ((change: string, index: number) => JsonAnswer | 'lost' | null) | null;
}

const READS = /^GET |:getIamPolicy$/;

/** An HTTP server of JSON documents on a free port, with a recorder: what fakes of clouds' account APIs stand on. */
export async function startJsonServer(answer: (request: JsonRequest) => JsonAnswer): Promise<JsonServer> {
  const recorded: string[] = [];
  const faults: Faults = { changes: [], refuse: null };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const call = `${request.method} ${url.pathname}`;
    recorded.push(call);
    const given = {
      method: request.method ?? 'GET',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      body: await readJson(request),
      token: request.headers.authorization?.replace(/^Bearer /, '') ?? null,
    };
    const changes = !READS.test(call);
    const refused = changes ? (faults.refuse?.(call, faults.changes.length) ?? null) : null;
    const passes = refused === null || refused === 'lost';
    if (changes && passes) faults.changes.push(call);
    const result = passes ? answer(given) : refused;
    if (refused === 'lost') {
      request.socket.destroy();
      return;
    }
    response.writeHead(result.status, { 'content-type': 'application/json', ...result.headers });
    response.end(result.body === undefined ? '' : JSON.stringify(result.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    recorded,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  if (request.headers['content-type']?.includes('form')) return Object.fromEntries(new URLSearchParams(text));
  return text === '' ? undefined : JSON.parse(text);
}
