import { setTimeout as sleep } from 'node:timers/promises';
import { LostAnswer } from './lost-answer.ts';

/** An answer that is no success: the cloud's own code as the error's name, its sentence as the message. */
export class RestError extends Error {
  readonly status: number;
  constructor(code: string, status: number, message: string) {
    super(message);
    this.name = code;
    this.status = status;
  }
}

export interface RestOptions {
  readonly token: () => Promise<string>;
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH';
  readonly body?: unknown;
}

const ATTEMPTS = 5;
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

/**
 * One call of a cloud's JSON API; null for 404 and for an empty answer. Passing faults of calls that may be repeated (all but
 * POST) are tried again, after `Retry-After` where the cloud says so. Throws RestError, and LostAnswer for a POST that may have been
 * done.
 */
// biome-ignore lint/suspicious/noExplicitAny: answers are the cloud's documents; callers read the fields they know
export async function rest(url: string, { token, method = 'GET', body }: RestOptions): Promise<any> {
  for (let attempt = 1; ; attempt++) {
    const headers = {
      authorization: `Bearer ${await token()}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const asked = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(url, asked);
      text = await answer.text();
    } catch (error) {
      if (method === 'POST') throw new LostAnswer(error as Error);
      if (attempt >= ATTEMPTS) throw error;
      await sleep(250 * attempt);
      continue;
    }
    if (answer.ok) return text === '' ? null : JSON.parse(text);
    if (answer.status === 404) return null;
    const mayRepeat = PASSING.has(answer.status) && (method !== 'POST' || answer.status === 429);
    if (method === 'POST' && answer.status >= 500) throw new LostAnswer(errorOf(answer.status, text));
    if (!mayRepeat || attempt >= ATTEMPTS) throw errorOf(answer.status, text);
    await sleep(1000 * Number(answer.headers.get('retry-after') ?? attempt));
  }
}

/** Azure and Graph say `{error: {code, message}}`, Google `{error: {status, message}}`; a proxy may say anything. */
function errorOf(status: number, text: string): RestError {
  try {
    const { error } = JSON.parse(text) as { error: { code?: string | number; status?: string; message?: string } };
    return new RestError(String(error.status ?? error.code ?? status), status, error.message ?? `HTTP ${status}`);
  } catch {
    return new RestError(
      `HTTP${status}`,
      status,
      text
        .replaceAll(/<[^>]*>|\s+/g, ' ')
        .slice(0, 200)
        .trim() || `HTTP ${status}`,
    );
  }
}
