import { randomUUID } from 'node:crypto';
import { type JsonAnswer, type JsonRequest, type JsonServer, startJsonServer } from './json-server.ts';

type Doc = Record<string, unknown>;
interface Policy {
  etag: string;
  bindings: { role: string; members: string[] }[];
}

/** What Google's account APIs keep of a project, as far as provisioning looks. */
export interface GoogleAccount extends JsonServer {
  readonly enabled: Set<string>;
  readonly documents: Map<string, Doc>;
  readonly policies: Map<string, Policy>;
  readonly keys: Set<string>;
  /** Refuses what matches with 403. */
  deny: RegExp | null;
  /** So many sign-ins with a key are refused, as right after it was made. */
  unknownKeys: number;
  /** Signs in with a key as clients of Google do. Rejects with Google's sentence. */
  signIn(key: Doc): Promise<void>;
  /** So many writes of a policy are answered 409, as when somebody else writes at the same time. */
  policyRaces: number;
}

const error = (code: number, status: string, message: string): JsonAnswer => ({
  status: code,
  body: { error: { code, status, message } },
});
const made = (body: unknown = {}): JsonAnswer => ({ status: 200, body });

const keyOnPaper = (client_email: string, private_key_id: string): Doc => ({
  ...{ type: 'service_account', private_key: 'a key' },
  ...{ private_key_id, client_email },
});

export interface GoogleAccountOptions {
  /** Whose tokens are good. @default the word "google" is */
  readonly admits?: (token: string) => boolean;
  /** The file of a new key. @default one that nobody can sign in with */
  readonly keyOf?: (email: string, id: string) => Doc;
}

export async function startGoogleAccount(
  projectId: string,
  { admits = (token) => token === 'google', keyOf = keyOnPaper }: GoogleAccountOptions = {},
): Promise<GoogleAccount> {
  const enabled = new Set<string>();
  const documents = new Map<string, Doc>();
  const policies = new Map<string, Policy>();
  const keys = new Set<string>();
  let versions = 0;

  const server = await startJsonServer((request) => {
    if (!admits(request.token ?? ''))
      return error(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
    if (account.deny?.test(`${request.method} ${request.path}`)) {
      return error(403, 'PERMISSION_DENIED', `Permission denied on resource ${request.path}`);
    }
    if (request.path === `/v1/projects/${projectId}`) return made({ projectId, projectNumber: '4711' });
    return services(request) ?? policy(request) ?? accountKeys(request) ?? document(request);
  });

  function services({ path }: JsonRequest): JsonAnswer | null {
    const match = /\/services\/([^:/]+)(:enable)?$/.exec(path);
    if (!match) return null;
    if (match[2]) enabled.add(match[1]!);
    return made({ state: enabled.has(match[1]!) ? 'ENABLED' : 'DISABLED' });
  }

  function policy({ path, body }: JsonRequest): JsonAnswer | null {
    const match = /^(.*):(get|set)IamPolicy$/.exec(path);
    if (!match) return null;
    const resource = match[1]!;
    if (resource.includes('/serviceAccounts/') && !documents.has(resource))
      return error(404, 'NOT_FOUND', 'Unknown service account');
    const current = policies.get(resource) ?? { etag: 'e0', bindings: [] };
    if (match[2] === 'get') return made(structuredClone(current));
    const { policy: wanted } = body as { policy: Policy };
    if (account.policyRaces-- > 0 || wanted.etag !== current.etag)
      return error(409, 'ABORTED', 'There were concurrent policy changes.');
    for (const member of wanted.bindings.flatMap(({ members }) => members)) {
      const email = /^serviceAccount:(.*)$/.exec(member)?.[1];
      if (email && !documents.has(`/v1/projects/${projectId}/serviceAccounts/${email}`)) {
        return error(400, 'INVALID_ARGUMENT', `Service account ${email} does not exist.`);
      }
    }
    policies.set(resource, { ...wanted, etag: `e${++versions}` });
    return made(policies.get(resource));
  }

  function accountKeys({ method, path }: JsonRequest): JsonAnswer | null {
    if (!path.includes('/keys')) return null;
    if (method === 'GET') {
      const under = [...keys].filter((key) => key.startsWith(`${path}/`));
      return made({ keys: under.map((key) => ({ name: key.slice('/v1/'.length) })) });
    }
    if (method === 'DELETE') return keys.delete(path) ? made() : error(404, 'NOT_FOUND', 'Unknown key');
    const private_key_id = randomUUID();
    keys.add(`${path}/${private_key_id}`);
    const client_email = /serviceAccounts\/([^/]+)\/keys/.exec(path)?.[1] ?? '';
    const info = keyOf(client_email, private_key_id);
    return made({
      name: `${path}/${private_key_id}`.slice('/v1/'.length),
      privateKeyData: Buffer.from(JSON.stringify(info)).toString('base64'),
    });
  }

  function document({ method, path, query, body }: JsonRequest): JsonAnswer {
    if (method === 'DELETE') return documents.delete(path) ? made() : error(404, 'NOT_FOUND', 'not found');
    if (method === 'GET') {
      const found = documents.get(path);
      return found ? made(found) : error(404, 'NOT_FOUND', `${path} was not found.`);
    }
    const given = body as Doc & { accountId?: string; serviceAccount?: Doc };
    const email = given.accountId && `${given.accountId}@${projectId}.iam.gserviceaccount.com`;
    const id =
      email ??
      query.get('repositoryId') ??
      query.get('workloadIdentityPoolId') ??
      query.get('workloadIdentityPoolProviderId');
    if (!id) throw new Error(`The fake Google knows no ${method} ${path}`);
    const service = path.includes('/repositories') ? 'artifactregistry.googleapis.com' : 'iam.googleapis.com';
    if (!enabled.has(service))
      return error(
        403,
        'PERMISSION_DENIED',
        `${service} has not been used in project ${projectId} before or it is disabled.`,
      );
    const key = `${path}/${id}`;
    if (documents.has(key)) return error(409, 'ALREADY_EXISTS', `${id} already exists.`);
    documents.set(key, { name: key, ...(email ? { email, ...given.serviceAccount } : given) });
    return made(email ? documents.get(key) : { name: 'operations/1' });
  }

  const account: GoogleAccount = {
    ...server,
    ...{ enabled, documents, policies, keys },
    ...{ deny: null, policyRaces: 0, unknownKeys: 0 },
    async signIn(key) {
      const known = [...keys].some((path) => path.endsWith(`/keys/${key['private_key_id']}`));
      if (account.unknownKeys-- > 0 || !known) throw new Error('invalid_grant: Invalid JWT Signature.');
    },
  };
  return account;
}
