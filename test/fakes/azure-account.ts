import { randomUUID } from 'node:crypto';
import { type JsonAnswer, type JsonRequest, type JsonServer, startJsonServer } from './json-server.ts';

type Doc = Record<string, unknown> & { properties?: Record<string, unknown> };

interface Password {
  readonly keyId: string;
  readonly displayName: string;
  readonly secretText: string;
}

/** What ARM and Graph keep of an account, as far as provisioning looks: documents by path, applications, assignments. */
export interface AzureAccount extends JsonServer {
  readonly armUrl: string;
  readonly graphUrl: string;
  /** ARM documents by path, without the api-version. */
  readonly documents: Map<string, Doc>;
  readonly applications: Map<string, Doc & { passwords: Password[]; federated: Doc[] }>;
  /** Refuses what matches with 403, as a role that lacks a permission does. */
  deny: RegExp | null;
  /** So many sign-ins with a secret are refused, as right after it was made. */
  unknownSecrets: number;
  /** Signs in as clients of Entra ID do. Rejects with Entra's code. */
  signIn(clientId: string, secret: string): Promise<void>;
  /** How often a role assignment does not know a principal made a moment ago. */
  unknownPrincipals: number;
}

const error = (status: number, code: string, message: string): JsonAnswer => ({
  status,
  body: { error: { code, message } },
});
const SUBSCRIPTION = {
  subscriptionId: '22222222-2222-4222-8222-222222222222',
  displayName: 'Engineering',
  tenantId: '11111111-1111-4111-8111-111111111111',
};
const GROUP = /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+)(\/.*)?$/i;

/** `admits`: whose tokens are good. @default the names of the two APIs are */
export async function startAzureAccount(admits?: (token: string) => boolean): Promise<AzureAccount> {
  const documents = new Map<string, Doc>();
  const applications: AzureAccount['applications'] = new Map();
  const principals = new Map<string, Doc>();
  const registered = new Set<string>();
  const looks = new Map<string, number>();

  const server = await startJsonServer((request) => {
    if (request.path.endsWith('/oauth2/exchange')) return { status: 200, body: { refresh_token: 'a refresh token' } };
    const [, api = '', path = ''] = /^\/(arm|graph)(\/.*)$/.exec(request.path) ?? [];
    if (!(admits?.(request.token ?? '') ?? request.token === api))
      return error(401, 'InvalidAuthenticationToken', 'The access token is for another audience.');
    if (account.deny?.test(`${request.method} ${path}`)) {
      return error(403, 'AuthorizationFailed', `The client does not have authorization to perform action on '${path}'`);
    }
    return api === 'arm' ? arm({ ...request, path }) : graph({ ...request, path });
  });

  function arm({ method, path, query, body }: JsonRequest): JsonAnswer {
    if (!query.has('api-version'))
      return error(400, 'MissingApiVersionParameter', 'The api-version query parameter is required.');
    if (path === '/subscriptions') return { status: 200, body: { value: [SUBSCRIPTION] } };
    const provider = /^\/subscriptions\/[^/]+\/providers\/(Microsoft\.\w+)(\/register)?$/.exec(path);
    if (provider) {
      if (provider[2]) registered.add(provider[1]!);
      return {
        status: 200,
        body: { registrationState: registered.has(provider[1]!) ? 'Registered' : 'NotRegistered' },
      };
    }
    if (/\/providers\/Microsoft\.ContainerRegistry\/registries$/.test(path))
      return { status: 200, body: { value: under(/registries\/[^/]+$/) } };
    const [, group = '', rest = ''] = GROUP.exec(path) ?? [];
    if (rest && !documents.has(group))
      return error(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
    if (rest === '/resources')
      return { status: 200, body: { value: under(new RegExp(`^${group}/providers/(?!Microsoft.Authorization)`)) } };
    if (method === 'PUT') return put(path, body as Doc);
    if (method === 'DELETE') return remove(path);
    const found = documents.get(path);
    if (!found) return error(404, 'ResourceNotFound', `The Resource '${path}' was not found.`);
    looks.set(path, (looks.get(path) ?? 0) + 1);
    // A registry takes its time.
    if (path.includes('/registries/') && looks.get(path)! >= 2) found.properties!['provisioningState'] = 'Succeeded';
    return { status: 200, body: found };
  }

  const under = (pattern: RegExp): Doc[] => [...documents].filter(([path]) => pattern.test(path)).map(([, doc]) => doc);

  function put(path: string, body: Doc): JsonAnswer {
    const name = path.split('/').at(-1)!;
    if (path.includes('/roleAssignments/')) {
      const { principalId } = body.properties as { principalId: string };
      if (account.unknownPrincipals-- > 0)
        return error(400, 'PrincipalNotFound', `Principal ${principalId} does not exist in the directory.`);
      const doc = { id: path, name, ...body };
      const same = under(/roleAssignments/).some(
        (other) => JSON.stringify(other.properties) === JSON.stringify(body.properties),
      );
      if (same && !documents.has(path))
        return error(409, 'RoleAssignmentExists', 'The role assignment already exists.');
      documents.set(path, doc);
      return { status: 201, body: doc };
    }
    const type = /\/providers\/([^/]+\/[^/]+)\//.exec(path)?.[1];
    const properties = {
      ...body.properties,
      ...(path.includes('/registries/') && { loginServer: `${name}.azurecr.io`, provisioningState: 'Creating' }),
      ...(path.includes('/userAssignedIdentities/') && { principalId: randomUUID(), clientId: randomUUID() }),
    };
    const doc = { id: path, name, type, ...body, properties };
    documents.set(path, doc);
    return { status: 201, body: doc };
  }

  function remove(path: string): JsonAnswer {
    for (const each of documents.keys()) if (each === path || each.startsWith(`${path}/`)) documents.delete(each);
    return { status: 202 };
  }

  function graph({ method, path, query, body }: JsonRequest): JsonAnswer {
    const wanted = /eq '(.*)'$/.exec(query.get('$filter') ?? '')?.[1];
    if (path === '/applications') {
      if (method === 'GET')
        return {
          status: 200,
          body: { value: [...applications.values()].filter(({ displayName }) => displayName === wanted) },
        };
      const made = { id: randomUUID(), appId: randomUUID(), passwords: [], federated: [], ...(body as Doc) };
      applications.set(made.id, made);
      return { status: 201, body: made };
    }
    if (path === '/servicePrincipals') {
      if (method === 'GET')
        return { status: 200, body: { value: [...principals.values()].filter(({ appId }) => appId === wanted) } };
      const made = { id: randomUUID(), ...(body as Doc) };
      principals.set(made.id, made);
      return { status: 201, body: made };
    }
    const [, id = '', action, federatedName] = /^\/applications\/([^/]+)(?:\/(\w+)(?:\/([\w-]+))?)?$/.exec(path) ?? [];
    const application = applications.get(id);
    if (application && federatedName !== undefined && method === 'DELETE') {
      application.federated = application.federated.filter(({ name }) => name !== federatedName);
      return { status: 204 };
    }
    if (!application) return error(404, 'Request_ResourceNotFound', `Resource '${id}' does not exist.`);
    if (method === 'GET' && !action) {
      const { passwords, federated: _, ...shown } = application;
      const passwordCredentials = passwords.map(({ secretText: _, ...each }) => each);
      return { status: 200, body: { ...shown, passwordCredentials } };
    }
    if (method === 'DELETE') {
      applications.delete(id);
      for (const [key, { appId }] of principals) if (appId === application['appId']) principals.delete(key);
      return { status: 204 };
    }
    if (action === 'addPassword') {
      const { displayName } = (body as { passwordCredential: { displayName: string } }).passwordCredential;
      const made = { keyId: randomUUID(), displayName, secretText: randomUUID() };
      application.passwords.push(made);
      return { status: 200, body: made };
    }
    if (action === 'removePassword') {
      application.passwords = application.passwords.filter(({ keyId }) => keyId !== (body as { keyId: string }).keyId);
      return { status: 204 };
    }
    if (action === 'federatedIdentityCredentials') {
      if (method === 'POST') application.federated.push(body as Doc);
      return { status: 200, body: method === 'POST' ? body : { value: application.federated } };
    }
    throw new Error(`The fake Graph knows no ${method} ${path}`);
  }

  const account: AzureAccount = {
    ...server,
    armUrl: `${server.url}/arm`,
    graphUrl: `${server.url}/graph`,
    documents,
    applications,
    deny: null,
    unknownSecrets: 0,
    async signIn(clientId, secret) {
      const application = [...applications.values()].find(({ appId }) => appId === clientId);
      const known = application?.passwords.some(({ secretText }) => secretText === secret);
      if (account.unknownSecrets-- > 0 || !known) throw new Error('AADSTS7000215: Invalid client secret provided.');
    },
    unknownPrincipals: 0,
  };
  return account;
}
