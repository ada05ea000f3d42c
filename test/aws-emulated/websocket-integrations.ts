import type { StackOutputs } from './deploy.ts';
import { type Emulator, REGION } from './emulator.ts';

interface Integration {
  readonly integrationId: string;
  readonly integrationUri?: string;
}

/**
 * API Gateway takes a function's *invocation URI* for a WebSocket integration (`arn:…:lambda:path/2015-03-31/functions/{ARN}/invocations`), which
 * our template gives. The emulator takes the ARN inside alone: put it there, after the deployment.
 */
export async function nameFunctionsByArn(emulator: Emulator, outputs: StackOutputs): Promise<void> {
  const route = `/v2/apis/${outputs.WebSocketApiId}/integrations`;
  const { items } = (await call(emulator, 'GET', route)) as { items: Integration[] };
  for (const { integrationId, integrationUri } of items) {
    const [, arn] = /functions\/(arn:.+)\/invocations$/.exec(integrationUri ?? '') ?? [];
    if (arn) await call(emulator, 'PATCH', `${route}/${integrationId}`, { integrationUri: arn });
  }
}

/** The emulator finds the service by the scope of the signature, which it does not check. */
async function call(emulator: Emulator, method: string, route: string, body?: unknown): Promise<unknown> {
  const scope = `test/20260101/${REGION}/apigateway/aws4_request`;
  const response = await fetch(`${emulator.endpoint}${route}`, {
    method,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The emulator answers ${response.status} to ${method} ${route}: ${text}`);
  return JSON.parse(text);
}
