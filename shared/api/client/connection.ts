import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../domain/json/json.ts';
import { ApiError, UnreachableError } from './errors.ts';

/** Where the API is and who asks. */
export interface ConnectionOptions {
  /** With `/api`, as in PREFECT_API_URL. */
  readonly apiUrl: string;
  /** Sent as `Bearer`; a run token or a pushpool API key. */
  readonly apiKey?: string | null;
  /** Sent as `Basic`; wins over the key, as with Prefect's own client. */
  readonly authString?: string | null;
  /** Ends requests under way and waits between retries. */
  readonly signal?: AbortSignal;
  /** @default 60 */
  readonly timeoutSeconds?: number;
}

export interface Connection {
  readonly apiUrl: string;
  /** The answer's JSON, null when there is none. Throws `ApiError` for a refusal and `UnreachableError` when nobody answers. */
  request<Answer>(method: Method, path: string, body?: unknown): Promise<Answer>;
  /** As `request`, with the status: some answers say by it whether they are new. */
  ask<Answer>(method: Method, path: string, body?: unknown): Promise<{ status: number; body: Answer }>;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What Prefect's client asks again for: nothing else is safe, as a POST may have been carried out. */
const RETRIED = new Set([408, 429, 502, 503]);
const MAX_RETRIES = 5;
/** The longest that one `Retry-After` is obeyed. */
const MAX_WAIT_SECONDS = 30;

/** A connection keeps no state: making one sends nothing. */
export function connect(options: ConnectionOptions): Connection {
  const apiUrl = options.apiUrl.replace(/\/+$/, '');
  const headers = { 'content-type': 'application/json', accept: 'application/json', ...authorization(options) };

  async function ask<Answer>(method: Method, path: string, body?: unknown) {
    for (let attempt = 0; ; attempt++) {
      const response = await send(method, path, body);
      if (!RETRIED.has(response.status) || attempt === MAX_RETRIES) {
        return { status: response.status, body: (await read(response, method, path)) as Answer };
      }
      const wanted = Number(response.headers.get('retry-after') ?? 0) || 2 ** attempt / 4;
      await response.body?.cancel();
      await sleep(Math.min(wanted, MAX_WAIT_SECONDS) * 1000, undefined, { signal: options.signal });
    }
  }

  async function send(method: Method, path: string, body: unknown): Promise<Response> {
    const timeout = AbortSignal.timeout((options.timeoutSeconds ?? 60) * 1000);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    try {
      return await fetch(apiUrl + path, {
        method,
        headers,
        signal,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      options.signal?.throwIfAborted();
      throw new UnreachableError(apiUrl, reasonOf(error), { cause: error });
    }
  }

  async function read(response: Response, method: Method, path: string): Promise<Json> {
    const text = await response.text();
    const json = parse(text);
    if (json === undefined) throw new UnreachableError(apiUrl, `the answer (${response.status}) is not JSON`);
    if (!response.ok) throw new ApiError({ method, path }, response.status, json);
    return json;
  }

  return { apiUrl, ask, request: async (method, path, body) => (await ask(method, path, body)).body as never };
}

function authorization({ apiKey, authString }: ConnectionOptions): Record<string, string> {
  if (authString) return { authorization: `Basic ${Buffer.from(authString).toString('base64')}` };
  return apiKey ? { authorization: `Bearer ${apiKey}` } : {};
}

function parse(text: string): Json | undefined {
  if (text === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // said by the caller, who knows the status
  }
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNRESET: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  ERR_INVALID_URL: 'that is not an address',
};

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === 'TimeoutError') return 'no answer in time';
  return REASONS[cause?.code ?? ''] ?? cause?.message ?? message;
}
