import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { ClientError } from '../../shared/domain/errors.ts';
import { mayLoseSpelling } from '../../shared/domain/json/lossless-json.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import { authenticate } from '../../shared/operations/access/authenticate.ts';
import { assertNotBlocked, noteRefused } from '../../shared/operations/access/refused-credentials.ts';
import type { App } from '../../shared/operations/app.ts';
import { assertApiVersion } from './api-version.ts';
import { authorise } from './authorise.ts';
import { clientAddress } from './client-address.ts';
import { errorAnswer } from './error-responses.ts';
import { requestLog } from './request-log.ts';
import { toResult } from './result.ts';
import type { Answer, Route } from './route.ts';
import { createRouter } from './router.ts';
import { parseJson, RequestReader } from './validate.ts';

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;

/** Lambda's payload ends at 6 MB; over this a body is refused with 413 before it is parsed. */
const BODY_LIMIT_BYTES = 5 * 1024 * 1024;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** The API function: one Lambda for all operations, called with HTTP API events (payload 2.0). */
export function createApiHandler(app: App) {
  const route = createRouter((route, event) => serve(app, route, event));
  return middy<Event, Result, Error, Context>().use(requestLog(app)).handler(route);
}

async function serve(app: App, route: Route, event: Event): Promise<Result> {
  try {
    return toResult(await answer(app, route, event), event.headers['accept-encoding']);
  } catch (error) {
    if (errorAnswer(error).status === 500)
      console.error(
        JSON.stringify({ level: 'ERROR', path: event.rawPath, error: String((error as Error)?.stack ?? error) }),
      );
    return toResult(errorAnswer(error));
  }
}

async function answer(app: App, route: Route, event: Event): Promise<Answer> {
  const params = decodeParams(route, event.pathParameters ?? {});
  if (!params) return { status: 404, body: { detail: 'Not Found' } };
  const principal =
    route.access.role === 'open' ? ({ kind: 'anonymous' } as const) : await authenticateRequest(app, event);
  await authorise(app, route.access, principal, params);
  assertApiVersion(route.path, event.headers);
  const rawBody = readBody(event);
  const isText = route.bodyIsText && !event.headers['content-type']?.includes('json');
  const given = rawBody === '' ? undefined : isText ? rawBody : parseJson(rawBody);
  const reader = new RequestReader(given);
  const inParts = route.bodyOptional || route.bodyInParts;
  if (route.params) reader.read(route.params, params, 'path');
  const query = route.query && reader.read(route.query, event.queryStringParameters ?? {}, 'query', true);
  const read = route.body && reader.read(route.body, given ?? (inParts ? {} : given), 'body', inParts);
  reader.end();
  const exact = !isText && mayLoseSpelling(rawBody) && (await import('./exact-numbers.ts')).withExactNumbers;
  const body = exact ? exact(read, rawBody) : read;
  return route.handle({ app, principal, params, body, query, headers: event.headers, rawBody });
}

/** Throws 401 for wrong credentials, and 429 when an address has sent many of them. */
async function authenticateRequest(app: App, event: Event): Promise<Principal> {
  const { authorization } = event.headers;
  if (!authorization || !app.settings.authRequired) return authenticate(app, authorization);
  const address = clientAddress(event);
  assertNotBlocked(app, address);
  try {
    return await authenticate(app, authorization);
  } catch (error) {
    if (error instanceof ClientError && error.kind === 'unauthenticated') noteRefused(app, address);
    throw error;
  }
}

function readBody(event: Event): string {
  const text = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString() : (event.body ?? '');
  if (Buffer.byteLength(text) > BODY_LIMIT_BYTES) {
    throw new ClientError('too-large', 'The request body is over 5 MiB. Send it in smaller pieces.');
  }
  return text;
}

/** Null when an id is no UUID: such a path is no route of Prefect's, unless the route says what its parameters are. */
function decodeParams(route: Route, raw: Record<string, string | undefined>): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (const [key, value] of Object.entries(raw)) {
    const text = decodePart(value ?? '');
    // The id of an event's resource is a name: `prefect.deployment.…`.
    const isId = key === 'id' || (key.endsWith('_id') && key !== 'resource_id');
    if (isId && !route.params && !UUID.test(text)) return null;
    params[key] = isId ? text.toLowerCase() : text;
  }
  return params;
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // API Gateway has decoded it already and what is left only looks like an escape
  }
}
