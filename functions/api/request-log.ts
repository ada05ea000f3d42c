import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { App } from '../../shared/operations/app.ts';

/** One structured line a request, for the operator at night; `app.log` decides where it goes. Bodies are never logged. */
export function requestLog(app: App): middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  const started = new WeakMap<object, number>();
  return {
    before: ({ event }) => {
      started.set(event, performance.now());
    },
    after: ({ event, response }) => {
      const { method, path } = event.requestContext.http;
      app.log({
        message: 'request',
        method,
        path,
        status: response?.statusCode,
        ms: Math.round((performance.now() - (started.get(event) ?? 0)) * 10) / 10,
      });
    },
  };
}
