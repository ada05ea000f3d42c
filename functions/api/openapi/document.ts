import type * as z from 'zod/mini';
import { answerSchema, componentSchemas, inputSchema, type JsonSchema } from '../../../shared/api/openapi-schema.ts';
import { PREFECT_VERSION } from '../../../shared/domain/prefect-version.ts';
import { VERSIONLESS } from '../api-version.ts';
import type { Route } from '../route.ts';
import { ANSWER_COMPONENTS, answerOf } from './answers.ts';
import { successStatuses } from './success-statuses.ts';

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Record<string, unknown>;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: Record<string, unknown>;
  readonly security: readonly Record<string, readonly string[]>[];
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, { schema: JsonSchema }> };
  readonly responses: Record<string, OperationAnswer>;
  readonly security?: readonly [];
}

export interface OperationAnswer {
  readonly description: string;
  readonly content?: Record<string, { readonly schema: JsonSchema }>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonSchema;
}

const NAMES_OF_ANSWERS = new Map<unknown, string>(
  Object.entries(ANSWER_COMPONENTS).map(([name, schema]) => [schema, name]),
);

/** The OpenAPI document of the routes, made of the very schemas that validate their requests and, in the tests, their answers. */
export function openApiDocument(routes: readonly Route[]): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  const recursive: Record<string, JsonSchema> = {};
  for (const [name, schema] of Object.entries(ANSWER_COMPONENTS)) {
    recursive[name] = lifted(name, answerSchema(schema, NAMES_OF_ANSWERS), recursive);
  }
  for (const route of routes) {
    if (route.atRoot) continue;
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = operation(route, recursive);
    paths[route.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'pushpool',
      version: PREFECT_VERSION,
      description:
        "Prefect's REST API, served without a server. The operations and shapes are those of Prefect's own API.",
    },
    servers: [{ url: '/api' }],
    paths,
    components: { schemas: { ...componentSchemas(), ...recursive, ...ERRORS }, securitySchemes: SECURITY },
    security: [{ key: [] }, { authString: [] }],
  };
}

const SECURITY = {
  key: { type: 'http', scheme: 'bearer', description: 'An API key, or the token of a flow run.' },
  authString: { type: 'http', scheme: 'basic', description: "The same as Prefect's auth string." },
};

const ERRORS: Record<string, JsonSchema> = {
  HTTPValidationError: {
    type: 'object',
    properties: {
      exception_message: { type: 'string' },
      exception_detail: { type: 'array', items: { type: 'object', required: ['loc', 'msg', 'type'] } },
      request_body: {},
    },
  },
};

function operation(route: Route, recursive: Record<string, JsonSchema>): Operation {
  const asked = !VERSIONLESS.has(route.path);
  return {
    operationId: operationId(route),
    summary: route.summary,
    description: access(route),
    tags: [title(route.path.split('/')[1] ?? '')],
    parameters: [...pathParameters(route), ...queryParameters(route), ...(asked ? [API_VERSION_HEADER] : [])],
    ...(route.body && {
      requestBody: {
        required: !route.bodyOptional,
        content: { 'application/json': { schema: lifted(operationId(route), inputSchema(route.body), recursive) } },
      },
    }),
    responses: responses(route, recursive),
    ...(route.access.role === 'open' && { security: [] as const }),
  };
}

const API_VERSION_HEADER: Parameter = {
  name: 'x-prefect-api-version',
  in: 'header',
  required: false,
  schema: { type: 'string' },
};

/** Schemas that refer to themselves become components of the document, named for the operation or thing they are part of. */
function lifted(prefix: string, schema: JsonSchema, components: Record<string, JsonSchema>): JsonSchema {
  if (!schema['$defs']) return schema;
  const { $defs, ...rest } = JSON.parse(
    JSON.stringify(schema).replaceAll('"#/$defs/', `"#/components/schemas/${prefix}`),
  ) as JsonSchema & { $defs: Record<string, JsonSchema> };
  for (const [name, definition] of Object.entries($defs)) components[`${prefix}${name}`] = definition;
  return rest;
}

/** FastAPI's: the function's name, the path and the method. */
function operationId({ summary, path, method }: Route): string {
  return `${summary} ${path} ${method}`.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_');
}

function access({ access: { role, run } }: Route): string {
  if (role === 'open') return 'Needs no credentials.';
  const runs = { yes: 'any flow run', 'own-run': 'the flow run itself and the one that created it', no: null }[run];
  return `For the role ${role} and those above it${runs ? `, and for ${runs}` : ''}.`;
}

const title = (segment: string): string =>
  segment
    .split(/[_-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');

function pathParameters({ path, params }: Route): Parameter[] {
  const { properties = {} } = params ? (inputSchema(params) as { properties?: Record<string, JsonSchema> }) : {};
  return [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: properties[name] ?? (isId(name) ? { type: 'string', format: 'uuid' } : { type: 'string' }),
  }));
}

/** As the door reads them: `id` and `…_id` are UUIDs, but for the resource of an automation. */
const isId = (name: string): boolean => name === 'id' || (name.endsWith('_id') && name !== 'resource_id');

function queryParameters({ query }: Route): Parameter[] {
  if (!query) return [];
  const { properties = {}, required = [] } = inputSchema(query) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function responses(route: Route, recursive: Record<string, JsonSchema>): Record<string, OperationAnswer> {
  const refusals = {
    422: {
      description: 'Validation Error',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/HTTPValidationError' } } },
    },
    ...(route.access.role !== 'open' && {
      401: { description: 'No credentials, or none that are known.' },
      403: { description: 'The credentials do not allow this.' },
    }),
    503: { description: 'A passing fault: ask again after the seconds in `Retry-After`.' },
  };
  const answer = answerOf(route);
  const schema = answer ? lifted(`${operationId(route)}_answer`, referenceOrSchema(answer), recursive) : {};
  const successes = successStatuses(route).map((status) => [
    status,
    { description: 'Successful Response', ...(status !== 204 && { content: { 'application/json': { schema } } }) },
  ]);
  return { ...Object.fromEntries(successes), ...refusals };
}

function referenceOrSchema(answer: z.ZodMiniType): JsonSchema {
  const name = NAMES_OF_ANSWERS.get(answer);
  return name ? { $ref: `#/components/schemas/${name}` } : answerSchema(answer, NAMES_OF_ANSWERS);
}
