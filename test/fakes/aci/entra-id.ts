import { randomUUID } from 'node:crypto';
import type { Call, HttpCloud, Route } from '../http-cloud.ts';
import { refuse } from './refusal.ts';

/** An app registration, and how it may sign in. */
export interface AppRegistration {
  readonly tenant: string;
  readonly clientId: string;
  readonly secret: string;
  /** When it has more than one, or none. */
  readonly secrets?: readonly string[];
  /** Subject and audience of the federated credential; a JSON web token with these is as good as the secret. */
  readonly federated?: { readonly subject: string; readonly audience: string };
}

/** The token endpoint of Entra ID, and what Resource Manager checks of a token. */
export class EntraId {
  readonly apps: AppRegistration[] = [
    { tenant: '11111111-1111-4111-8111-111111111111', clientId: 'app', secret: 'right' },
  ];
  /** Apps that are made elsewhere. */
  directory: (clientId: string) => AppRegistration | undefined = () => undefined;
  readonly subscriptions = new Set(['22222222-2222-4222-8222-222222222222']);
  /** Why the next sign-ins fail, by Entra's code; null when they do not. */
  refuses: string | null = null;
  /** Tokens that are good. */
  readonly #tokens = new Set<string>();
  /** Operations that the principal may not call. */
  readonly forbidden = new Set<string>();
  readonly #cloud: HttpCloud;

  constructor(cloud: HttpCloud) {
    this.#cloud = cloud;
  }

  static routes(entra: () => EntraId): Route[] {
    return [
      {
        op: 'discover',
        method: 'GET',
        path: /^\/common\/discovery\/instance$/,
        handle: () => ({
          status: 200,
          body: {
            tenant_discovery_endpoint: 'https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration',
            'api-version': '1.1',
            metadata: [
              {
                preferred_network: 'login.microsoftonline.com',
                preferred_cache: 'login.windows.net',
                aliases: ['login.microsoftonline.com', 'login.windows.net'],
              },
            ],
          },
        }),
      },
      {
        op: 'openid-configuration',
        method: 'GET',
        path: /^\/(?<t>[^/]+)\/v2\.0\/\.well-known\/openid-configuration$/,
        handle: ({ params: { t } }) => ({
          status: 200,
          body: {
            token_endpoint: `https://login.microsoftonline.com/${t}/oauth2/v2.0/token`,
            authorization_endpoint: `https://login.microsoftonline.com/${t}/oauth2/v2.0/authorize`,
            end_session_endpoint: `https://login.microsoftonline.com/${t}/oauth2/v2.0/logout`,
            jwks_uri: `https://login.microsoftonline.com/${t}/discovery/v2.0/keys`,
            issuer: `https://login.microsoftonline.com/${t}/v2.0`,
          },
        }),
      },
      {
        op: 'token',
        method: 'POST',
        path: /^\/(?<t>[^/]+)\/oauth2\/v2\.0\/token$/,
        handle: (call) => entra().#token(call),
      },
    ];
  }

  /** Every token given so far is worth nothing any more. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  /** Whether it is a token that was given and not revoked. */
  knows(token: string): boolean {
    return this.#tokens.has(token);
  }

  /** Throws Azure's 401 or 403 when the request may not be made. */
  admit(call: Call): void {
    const token = (call.headers['authorization'] ?? '').replace(/^Bearer /, '');
    if (!call.headers['authorization']) this.#cloud.violation(`${call.op}: without credentials`);
    if (!this.#tokens.has(token)) {
      refuse(401, 'InvalidAuthenticationToken', 'The access token is invalid.');
    }
    if (this.forbidden.has(call.op)) {
      refuse(
        403,
        'AuthorizationFailed',
        `The client 'app' does not have authorization to perform action 'Microsoft.ContainerInstance/containerGroups/${call.op === 'put' ? 'write' : call.op}' over scope '${call.path}'.`,
      );
    }
  }

  #token({ body, params }: Call): { status: number; body: unknown } {
    const app = [...this.apps, this.directory(body.client_id)].find(
      (known) => known?.clientId === body.client_id && known?.tenant === params['t'],
    );
    const code = this.refuses ?? problemOf(app, body);
    if (code) {
      const text = `${code}: ${TEXTS[code] ?? 'The sign-in was refused.'}`;
      return {
        status: 401,
        body: { error: 'invalid_client', error_description: text, error_codes: [Number(code.slice(6))] },
      };
    }
    if (!/https:\/\/(management\.azure|graph\.microsoft)\.com/.test(String(body.scope)))
      this.#cloud.violation(`token: scope ${body.scope}`);
    const token = randomUUID();
    this.#tokens.add(token);
    return { status: 200, body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: token } };
  }
}

const TEXTS: Record<string, string> = {
  AADSTS700016: "Application with identifier 'app' was not found in the directory.",
  AADSTS7000215: 'Invalid client secret provided.',
  AADSTS7000222: 'The provided client secret keys for app are expired.',
  AADSTS700213: 'No matching federated identity record found for presented assertion subject.',
};

/** Entra's code for why this app cannot sign in so, or null. */
function problemOf(app: AppRegistration | undefined, body: Record<string, string>): string | null {
  if (!app) return 'AADSTS700016';
  const assertion = body['client_assertion'];
  if (assertion === undefined)
    return (app.secrets ?? [app.secret]).includes(body['client_secret'] ?? '') ? null : 'AADSTS7000215';
  const claims = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString() || '{}');
  const good = claims.sub === app.federated?.subject && claims.aud === app.federated?.audience;
  return good ? null : 'AADSTS700213';
}
