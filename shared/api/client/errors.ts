import { isJsonObject, type Json } from '../../domain/json/json.ts';

/** The API answered with a refusal: its status, and its own sentence where it gave one. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly body: Json;
  readonly method: string;
  readonly path: string;

  constructor(request: { method: string; path: string }, status: number, body: Json) {
    super(sentenceOf(body) ?? `The server answered ${status} to ${request.method} ${request.path}.`);
    this.status = status;
    this.body = body;
    this.method = request.method;
    this.path = request.path;
  }
}

/** Nothing answered at the address, or what answered is not Prefect's API. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  readonly apiUrl: string;

  constructor(apiUrl: string, reason: string, options: { cause?: unknown } = {}) {
    super(`No Prefect API answers at ${apiUrl}: ${reason}.`, options);
    this.apiUrl = apiUrl;
  }
}

interface FieldProblem {
  readonly loc?: readonly (string | number)[];
  readonly msg?: string;
}

/** What an error body says (prefect-api 1.1): `detail`, the fields that are wrong, or the global handler's message. */
function sentenceOf(body: Json): string | null {
  if (!isJsonObject(body)) return null;
  const { detail, exception_detail: problems, exception_message: message } = body;
  if (typeof detail === 'string') return detail;
  const fields = Array.isArray(problems) ? problems : Array.isArray(detail) ? detail : null;
  if (fields) return (fields as FieldProblem[]).map(fieldSentence).join('; ');
  return typeof message === 'string' ? message : null;
}

/** `body.name: Field required`, without the leading `body`. */
function fieldSentence({ loc = [], msg = 'is wrong' }: FieldProblem): string {
  const place = loc.filter((part, index) => index > 0 || (part !== 'body' && part !== 'query')).join('.');
  return place === '' ? msg : `${place}: ${msg}`;
}
