import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it came in, with the operation it was taken for. */
export interface Recorded {
  readonly op: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are whatever JSON the client sends; tests look into them
  readonly body: any;
}

export interface Call extends Recorded {
  /** The named groups of the route's pattern, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as HTML, as proxies do; anything else as JSON. */
  readonly body?: unknown;
}

export interface Route {
  readonly op: string;
  readonly method: string;
  readonly path: RegExp;
  readonly handle: (call: Call) => Answer;
}

/** One line of the fault script (targets.md 5.3). */
export interface Fault {
  /** The operation that goes wrong. */
  readonly on: string;
  /** Which of its calls from now on, counted from 1. @default 1 */
  readonly nth?: number;
  /** How many calls in a row. @default 1 */
  readonly times?: number;
  /** Only calls for which this holds are counted. @default all */
  readonly if?: (call: Recorded) => boolean;
  /** Before or after the request has had its effect. */
  readonly when: 'before' | 'after';
  /** What the client sees instead: an answer, a broken connection, or silence until it gives up. */
  readonly do: Answer | 'reset' | 'silence';
}

/**
 * What every fake cloud that speaks HTTP shares: a server of its own, a recorder, a fault script, a clock that moves when told, and
 * strictness. A request that the vendor would not know is a violation: the test that made it must fail.
 */
export class HttpCloud {
  readonly requests: Recorded[] = [];
  /** Everything a real cloud would have refused as nonsense. Tests end by expecting none. */
  readonly violations: string[] = [];
  /** Waits this long before each answer. */
  latencyMs = 0;
  readonly #routes: readonly Route[];
  readonly #server: Server;
  readonly #faults: { fault: Fault; seen: number }[] = [];
  #now: () => Date;

  /** `now`: the cloud's clock. @default one that stands still until `advance` */
  constructor(routes: readonly Route[], now?: () => Date) {
    this.#routes = routes;
    let still = new Date('2026-01-01T00:00:00Z').getTime();
    this.#now = now ?? (() => new Date(still));
    this.advance = (seconds) => {
      if (now) throw new Error('This cloud runs on real time.');
      still += seconds * 1000;
    };
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  /** Moves the cloud's clock. */
  readonly advance: (seconds: number) => void;

  now(): Date {
    return this.#now();
  }

  async listen(): Promise<this> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  fault(...faults: Fault[]): void {
    this.#faults.push(...faults.map((fault) => ({ fault, seen: 0 })));
  }

  /** The script is over, whatever is left of it. */
  noMoreFaults(): void {
    this.#faults.length = 0;
  }

  /** The requests of one operation, or all of them by name. */
  calls(op: string): Recorded[] {
    return this.requests.filter((request) => request.op === op);
  }

  violation(text: string): void {
    this.violations.push(text);
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await bodyOf(request);
    const url = new URL(request.url ?? '/', 'http://cloud');
    const method = request.method ?? 'GET';
    const call = {
      method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers as Record<string, string>,
      body: bodyFrom(text, request.headers['content-type']),
    };
    if (this.latencyMs > 0) await new Promise((done) => setTimeout(done, this.latencyMs));
    const route = this.#routes.find((known) => known.method === method && known.path.test(url.pathname));
    if (!route) {
      this.violation(`unknown request: ${method} ${url.pathname}`);
      send(response, { status: 404, body: '<html><title>Error 404 (Not Found)</title></html>' });
      return;
    }
    const { op } = route;
    this.requests.push({ op, ...call });
    const faults = this.#due({ op, ...call });
    const before = faults.find((fault) => fault.when === 'before');
    if (before) return act(before.do, request, response);
    const params = decoded(route.path.exec(url.pathname)?.groups ?? {});
    const answer = this.#handle(route, { op, ...call, params });
    const after = faults.find((fault) => fault.when === 'after');
    if (after) return act(after.do, request, response);
    send(response, answer);
  }

  #handle(route: Route, call: Call): Answer {
    try {
      return route.handle(call);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      this.violation(`${route.op}: ${error instanceof Error ? error.stack : error}`);
      return { status: 500, body: { error: { code: 500, message: String(error) } } };
    }
  }

  /** The faults of this call; one that has struck as often as it should is over. */
  #due(call: Recorded): Fault[] {
    const due: Fault[] = [];
    for (const entry of this.#faults) {
      if (entry.fault.on !== call.op || !(entry.fault.if?.(call) ?? true)) continue;
      entry.seen += 1;
      const first = entry.fault.nth ?? 1;
      if (entry.seen >= first && entry.seen < first + (entry.fault.times ?? 1)) due.push(entry.fault);
    }
    return due;
  }
}

/** Thrown by a handler: the cloud says no. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function bodyFrom(text: string, type = ''): unknown {
  if (text === '') return undefined;
  if (type.includes('x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch {
    return text; // not JSON: the handler complains of what it cannot read
  }
}

const decoded = (groups: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));

function act(what: Answer | 'reset' | 'silence', request: IncomingMessage, response: ServerResponse): void {
  if (what === 'reset') request.socket.destroy();
  else if (what !== 'silence') send(response, what);
}

function send(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  const html = typeof body === 'string';
  const text = body === undefined ? '' : html ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': html ? 'text/html' : 'application/json', ...headers });
  response.end(text);
}
