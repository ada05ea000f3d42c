import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { v7 } from 'uuid';
import { createApiHandler } from '../functions/api/handler.ts';
import type { FlowRunStateChange } from '../shared/domain/events/flow-run-state-change.ts';
import type { CronSchedule } from '../shared/domain/schedules/schedule.ts';
import { firstDateAfter } from '../shared/domain/schedules/window.ts';
import type { App } from '../shared/operations/app.ts';
import type { ExecutionStart } from '../shared/ports/lifecycle-engine.ts';
import { createStore } from '../shared/store/store.ts';
import type { Consumed } from '../shared/store/table.ts';
import { assertDocumented } from './answers.ts';
import { embeddedTable } from './embedded-dynamodb.ts';

export interface TestAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are whatever JSON the API sends; tests look into them
  body: any;
  /** The body as it came. */
  text: string;
  headers: Record<string, string>;
}

export interface TestApp {
  app: App;
  /** One request through the real door, as API Gateway would send it. `path` begins after `/api`. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
  /** What the ports were asked, in order: executions started, tokens signalled, timers set, messages posted. */
  started: { name: string; input: ExecutionStart }[];
  signalled: { token: string; output: Record<string, unknown> }[];
  timers: Map<string, { at: Date; functionName: string; payload: Record<string, unknown>; cron?: CronSchedule }>;
  posted: { connectionId: string; message: string }[];
  /** State changes put on the bus. */
  bus: FlowRunStateChange[];
  consumed: Consumed[];
  /** What the program told the operator. */
  logged: Record<string, unknown>[];
  /** Moves the clock; it stands still otherwise unless `realClock`. */
  advance(seconds: number): void;
  close(): Promise<void>;
}

/** The whole program over an embedded DynamoDB, with recording ports and a clock that only moves when told. */
export async function testApp(
  options: {
    authRequired?: boolean;
    now?: Date;
    /** Another clock, engine or timers in the place of the recording ones. */
    ports?: Partial<Pick<App, 'clock' | 'engine' | 'timers'>>;
    targets?: Record<string, string>;
    passRoles?: readonly string[];
    /** Stands around every call to the table. */
    awaited?: <T>(label: string, work: () => Promise<T>) => Promise<T>;
  } = {},
): Promise<TestApp> {
  let now = options.now ?? new Date();
  const started: TestApp['started'] = [];
  const signalled: TestApp['signalled'] = [];
  const timers: TestApp['timers'] = new Map();
  const posted: TestApp['posted'] = [];
  const bus: TestApp['bus'] = [];
  const consumed: Consumed[] = [];
  const logged: TestApp['logged'] = [];
  const { table, close } = await embeddedTable({
    now: () => options.ports?.clock?.now() ?? now,
    onConsumed: (item) => consumed.push(item),
    ...(options.awaited && { awaited: options.awaited }),
  });
  const app: App = {
    store: createStore(table),
    log: (line) => void logged.push(line),
    clock: { now: () => now, newId: () => v7() },
    engine: {
      async start(name, input) {
        if (started.some((execution) => execution.name === name)) return 'already-exists';
        started.push({ name, input });
        return 'started';
      },
      describe: async (name) => (started.some((execution) => execution.name === name) ? 'running' : 'unknown'),
      transitions: async (name) => (started.some((execution) => execution.name === name) ? 6 : null),
      async signal(token, output) {
        signalled.push({ token, output });
        return 'delivered';
      },
    },
    timers: {
      set: async (name, at, functionName, payload) => void timers.set(name, { at, functionName, payload }),
      repeat: async (name, everySeconds, functionName, payload) => {
        const at = new Date(now.getTime() + everySeconds * 1000);
        timers.set(name, { at, functionName, payload });
      },
      repeatAt: async (name, cron, functionName, payload) => {
        const at = new Date(firstDateAfter(cron, now.toISOString().replace('Z', '000Z'))!);
        timers.set(name, { at, functionName, payload, cron });
      },
      cancel: async (name) => void timers.delete(name),
    },
    secrets: plainSecrets,
    realtime: {
      async post(connectionId, message) {
        posted.push({ connectionId, message });
        return 'sent';
      },
      close: async () => {},
      isOpen: async () => true,
      renew: async () => false,
    },
    bus: { put: async (change) => void bus.push(change) },
    settings: {
      apiUrl: 'http://127.0.0.1:4200/api',
      authRequired: options.authRequired ?? false,
      targets: options.targets ?? { 'process:push': 'target-process' },
      retentionDays: 7,
      ...(options.passRoles && { passRoles: options.passRoles }),
    },
    ...options.ports,
  };
  const handler = createApiHandler(app);
  return {
    app,
    started,
    signalled,
    timers,
    posted,
    bus,
    consumed,
    logged,
    advance: (seconds) => {
      now = new Date(now.getTime() + seconds * 1000);
    },
    async call(method, path, body, headers = {}) {
      const result = (await handler(
        httpEvent(method, path, body, headers),
        {} as Context,
      )) as APIGatewayProxyStructuredResultV2;
      const text = result.body ?? '';
      const json = String(result.headers?.['content-type'] ?? '').includes('json');
      const answer = {
        status: result.statusCode ?? 200,
        body: text === '' ? null : json ? JSON.parse(text) : text,
        text,
        headers: (result.headers ?? {}) as Record<string, string>,
      };
      assertDocumented(method, path, answer);
      return answer;
    },
    close,
  };
}

/** An HTTP API event (payload 2.0) as API Gateway makes it. A string body is sent as it is. */
export function httpEvent(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): APIGatewayProxyEventV2 {
  const [rawPath = '', rawQueryString = ''] = `/api${path}`.split('?');
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: { 'content-type': 'application/json', ...headers },
    queryStringParameters: Object.fromEntries(new URLSearchParams(rawQueryString)),
    requestContext: {
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
    },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEventV2;
}

/** Reversible and readable, for tests alone: what it marks as encrypted can be looked for in the table. */
const plainSecrets: App['secrets'] = {
  encrypt: async (plaintext, context) => `encrypted:${context}:${Buffer.from(plaintext).toString('base64')}`,
  decrypt: async (ciphertext, context) => {
    const [, owner, data = ''] = ciphertext.split(':');
    if (owner !== context) throw new Error(`Encrypted for ${owner}, not for ${context}.`);
    return Buffer.from(data, 'base64').toString();
  },
  sign: async (text) => `signed-${Buffer.from(text).toString('base64url')}`,
};
