import httpRouter from '@middy/http-router';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { toResult } from './result.ts';
import type { Answer, Route } from './route.ts';
import { everydayRoutes, routesAtFirstUse } from './routes.ts';

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;
type Serve = (route: Route, event: Event) => Promise<Result>;
type Handler = (event: Event, context: Context) => Promise<Result>;

/**
 * Finds the route of a request and serves it: 404 for a path that none has, 405 when another method has it. The router of routes
 * that load at first use is made then, once; a load that fails is tried again by the next request.
 */
export function createRouter(serve: Serve): Handler {
  const everyday = routerOf(everydayRoutes, serve);
  const loadBySegment = new Map(
    routesAtFirstUse.flatMap(({ segments, load }) => {
      const router = once(async () => routerOf(await load(), serve));
      return segments.map((segment) => [segment, router] as const);
    }),
  );
  return async (event, context) => {
    const router = await loadBySegment.get(firstSegment(event.rawPath))?.();
    return (router ?? everyday)(event, context);
  };
}

function routerOf(routes: readonly Route[], serve: Serve): Handler {
  const router = httpRouter<Event, Result>({
    routes: routes.map((route) => ({
      method: route.method,
      path: fullPath(route),
      handler: (event: Event) => serve(route, event),
    })) as never,
    notFoundResponse: ({ method, path }: { method: string; path: string }) =>
      toResult(unknownRoute(routes, method, path)),
  } as never);
  return (event, context) => router(event, context, {} as never) as Promise<Result>;
}

const fullPath = ({ path, atRoot }: Route): string => (atRoot ? path : `/api${path}`);

const firstSegment = (rawPath: string): string => rawPath.replace(/^\/api(?=\/)/, '').split('/')[1] ?? '';

function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loading: Promise<Value> | undefined;
  return () => {
    loading ??= load().catch((error) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}

function unknownRoute(routes: readonly Route[], method: string, path: string): Answer {
  if (method === 'OPTIONS') return { status: 204 };
  const known = routes.some((route) => {
    const pattern = `^${fullPath(route)
      .replace(/\/$/, '')
      .replaceAll(/\{[^/]+\}/g, '[^/]+')}/?$`;
    return new RegExp(pattern).test(path);
  });
  return known
    ? { status: 405, body: { detail: 'Method Not Allowed' } }
    : { status: 404, body: { detail: 'Not Found' } };
}
