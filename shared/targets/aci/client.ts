import { ContainerInstanceManagementClient } from '@azure/arm-containerinstance';
import { ClientAssertionCredential, ClientSecretCredential, type TokenCredential } from '@azure/identity';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json/json.ts';
import { TargetError } from '../target-error.ts';
import type { AciCredentials } from './credentials.ts';
import type { AciJob } from './parse.ts';
import { redirect } from './redirect.ts';

export interface AciClientOptions {
  /** Where everything meant for Azure goes instead: tests. @default Azure */
  readonly endpoint?: string | undefined;
  /** A JSON web token of this home's own identity for Entra ID, for pools without a secret. @default none: they are refused */
  readonly assertion?: (() => Promise<string>) | undefined;
  /** Stands around every request that leaves. @default nothing */
  readonly around?: (<T>(label: string, send: () => Promise<T>) => Promise<T>) | undefined;
  /** Before each further try of a read. @default 1, 2, 4 */
  readonly readRetrySeconds?: readonly number[] | undefined;
}

type Client = ContainerInstanceManagementClient;
type OperationSpec = Parameters<Client['sendOperationRequest']>[1];
type Policy = Parameters<Client['pipeline']['addPolicy']>[0];

const RESOURCE_GROUPS_API = '2021-04-01';

/** A client of one subscription. */
export interface AciClient {
  readonly sdk: Client;
  /** The body that the next PUT of this group must have: a field that the SDK does not know it drops without a word. */
  expect(name: string, group: JsonObject): void;
}

/** One client per credentials and subscription for the life of the process: a token costs a request and a tenth of a second. */
export function aciClients(options: AciClientOptions): (job: AciJob) => AciClient {
  const clients = new Map<string, AciClient>();
  return ({ credentials, subscriptionId }) => {
    const key = `${credentials.hash}/${subscriptionId}`;
    const client = clients.get(key) ?? newClient(credentials, subscriptionId, options);
    clients.set(key, client);
    return client;
  };
}

function newClient(credentials: AciCredentials, subscriptionId: string, options: AciClientOptions): AciClient {
  // No retries of the SDK's own: a group that is put twice starts its containers twice.
  const client = new ContainerInstanceManagementClient(credentialOf(credentials, options), subscriptionId, {
    retryOptions: { maxRetries: 0 },
  });
  if (options.endpoint) {
    client.pipeline.addPolicy(redirect(options.endpoint), { afterPolicies: ['bearerTokenAuthenticationPolicy'] });
  }
  const expected = new Map<string, JsonObject>();
  client.pipeline.addPolicy(nothingLost(expected));
  const { around } = options;
  if (around) {
    client.pipeline.addPolicy({
      name: 'around',
      sendRequest: (request, next) =>
        around(`azure ${request.method} ${new URL(request.url).pathname.split('/').at(-1)}`, () => next(request)),
    });
  }
  return { sdk: client, expect: (name, group) => void expected.set(name, group) };
}

/** Refuses to send a group of which the SDK has left something out, and names it. */
function nothingLost(expected: Map<string, JsonObject>): Policy {
  return {
    name: 'nothing-lost',
    sendRequest(request, next) {
      const name = request.method === 'PUT' ? (new URL(request.url).pathname.split('/').at(-1) ?? '') : '';
      const group = expected.get(name);
      if (group) {
        expected.delete(name);
        const lost = firstLost(group, JSON.parse(String(request.body)), 'arm_template.resources[0]');
        if (lost) {
          throw new TargetError(
            'invalid',
            `The job does not suit Azure Container Instances. ${lost}: is no field of a container group in this API version. Remove it from the work pool's template.`,
          );
        }
      }
      return next(request);
    },
  };
}

/** The path of the first thing in `wanted` that `sent` has not. */
function firstLost(wanted: Json, sent: Json | undefined, path: string): string | null {
  if (Array.isArray(wanted)) {
    const list = Array.isArray(sent) ? sent : [];
    return wanted.map((item, at) => firstLost(item, list[at], `${path}[${at}]`)).find((lost) => lost) ?? null;
  }
  if (isJsonObject(wanted)) {
    const found = isJsonObject(sent) ? sent : {};
    const lost = Object.entries(wanted).map(([name, item]) =>
      name in found ? firstLost(item, found[name], `${path}.${name}`) : item === null ? null : `${path}.${name}`,
    );
    return lost.find((one) => one) ?? null;
  }
  return sent === undefined ? path : null;
}

function credentialOf(
  { tenantId, clientId, clientSecret, authorityHost, additionallyAllowedTenants }: AciCredentials,
  { endpoint, assertion }: AciClientOptions,
): TokenCredential {
  const common = {
    ...(authorityHost && { authorityHost }),
    additionallyAllowedTenants: [...additionallyAllowedTenants],
    ...(endpoint && { additionalPolicies: [{ policy: redirect(endpoint), position: 'perRetry' as const }] }),
  };
  if (clientSecret) return new ClientSecretCredential(tenantId, clientId, clientSecret, common);
  if (assertion) return new ClientAssertionCredential(tenantId, clientId, assertion, common);
  throw new TargetError(
    'invalid',
    "The credentials block of variable 'aci_credentials' has no client_secret, and this pushpool has no identity of its own for Entra ID (only the AWS home has). Store the secret of the app registration in the block.",
  );
}

/** Where the resource group is: containers run there unless the template says otherwise. */
export async function locationOf(client: Client, { subscriptionId, resourceGroup }: AciJob): Promise<string> {
  let body: JsonObject = {};
  await client.sendOperationRequest(
    { options: { onResponse: (raw: { bodyAsText?: string | null }) => (body = JSON.parse(raw.bodyAsText ?? '{}')) } },
    {
      httpMethod: 'GET',
      path: `/subscriptions/${subscriptionId}/resourcegroups/${encodeURIComponent(resourceGroup)}?api-version=${RESOURCE_GROUPS_API}`,
      responses: { 200: {}, default: {} },
      serializer: NO_SERIALIZER,
    },
  );
  return String(body['location']);
}

/** The SDK of container groups has no resource groups; nothing of the answer is to be mapped. */
const NO_SERIALIZER = {
  modelMappers: {},
  isXML: false,
  serialize: (_mapper: unknown, value: unknown) => value,
  deserialize: (_mapper: unknown, value: unknown) => value,
  validateConstraints: () => {},
} as OperationSpec['serializer'];
