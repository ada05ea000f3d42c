import type * as z from 'zod/mini';
import type { Principal } from '../../shared/domain/principal.ts';
import type { App } from '../../shared/operations/app.ts';

/** The least role that may call a route; roles include those below them. `open` needs no credentials at all. */
export type Role = 'open' | 'viewer' | 'editor' | 'admin';

/**
 * What a run token may do (rule 8): `yes` for everybody's reads and the run's own creations, `own-run` when the path's `id`
 * must be the token's run or one it created, `no` for what operators do.
 */
export type RunPower = 'yes' | 'own-run' | 'no';

export interface Access {
  readonly role: Role;
  readonly run: RunPower;
}

/** A request as a route sees it: parsed, validated, authorised. */
export interface Request<Body, Query> {
  readonly app: App;
  readonly principal: Principal;
  /** URL-decoded. Parameters named `id` or ending in `_id` are UUIDs, lower case. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: Body;
  readonly query: Query;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body's text, for what must not lose a digit. */
  readonly rawBody: string;
}

export interface Answer {
  readonly status: number;
  /** JSON unless `contentType` says otherwise; absent for 204. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Parsed<Schema> = Schema extends z.ZodMiniType<infer Output> ? Output : undefined;

export interface RouteDefinition<BodySchema, QuerySchema> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Under `/api`, as in Prefect's OpenAPI, trailing slash included: `/flows/{id}`. */
  readonly path: string;
  /** The path stands at the root of the host, beside `/api`. */
  readonly atRoot?: boolean;
  readonly summary: string;
  readonly access: Access;
  readonly body?: BodySchema;
  /** Body and every key of it may be absent or null (the filter routes). */
  readonly bodyOptional?: boolean;
  /** Each key of the body is a parameter of its own, some required: shows in what Prefect says of one that is missing. */
  readonly bodyInParts?: boolean;
  /** The body is text as it stands, unless its content type says JSON. */
  readonly bodyIsText?: boolean;
  readonly query?: QuerySchema;
  /** What path parameters must be beyond text and UUIDs; 422 otherwise. */
  readonly params?: z.ZodMiniType;
  readonly handle: (request: Request<Parsed<BodySchema>, Parsed<QuerySchema>>) => Promise<Answer>;
}

/** A route whose types have been checked; the router sees only this. */
export interface Route {
  readonly method: RouteDefinition<undefined, undefined>['method'];
  readonly path: string;
  readonly atRoot?: boolean;
  readonly summary: string;
  readonly access: Access;
  readonly body?: z.ZodMiniType;
  readonly bodyOptional?: boolean;
  readonly bodyInParts?: boolean;
  readonly bodyIsText?: boolean;
  readonly query?: z.ZodMiniType;
  readonly params?: z.ZodMiniType;
  readonly handle: (request: Request<unknown, unknown>) => Promise<Answer>;
}

/** Defines one operation of the API: three sentences, parse, call one function of `shared`, answer. */
export function route<
  BodySchema extends z.ZodMiniType | undefined = undefined,
  QuerySchema extends z.ZodMiniType | undefined = undefined,
>(definition: RouteDefinition<BodySchema, QuerySchema>): Route {
  return definition as unknown as Route;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const noContent = (): Answer => ({ status: 204 });
/** 201 for a new one, 200 for one that was there. */
export const createdOrExisting = (result: { doc: unknown; created: boolean }): Answer => ({
  status: result.created ? 201 : 200,
  body: result.doc,
});

export const VIEW: Access = { role: 'viewer', run: 'yes' };
export const EDIT: Access = { role: 'editor', run: 'no' };
/** Editors, and runs: what flows themselves create. */
export const EDIT_OR_RUN: Access = { role: 'editor', run: 'yes' };
/** Editors, and the run itself or the one that created it. */
export const EDIT_OR_OWN_RUN: Access = { role: 'editor', run: 'own-run' };
/** Operators' reads: viewers, but no run token. */
export const OPERATE_VIEW: Access = { role: 'viewer', run: 'no' };
export const ADMIN: Access = { role: 'admin', run: 'no' };
export const OPEN: Access = { role: 'open', run: 'yes' };
