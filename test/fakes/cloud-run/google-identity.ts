import { createVerify, generateKeyPairSync, randomUUID } from 'node:crypto';
import { type Answer, type Call, type HttpCloud, Refusal, type Route } from '../http-cloud.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Google's sign-in as the APIs see it: self-signed tokens of a key, tokens from OAuth, and tokens by federation. */
export class GoogleIdentity {
  email = 'prefect@flows-project.iam.gserviceaccount.com';
  /** Of the account's one key, as PEM. */
  readonly privateKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  readonly projects = new Set(['flows-project']);
  /** The key was deleted, or the account disabled. */
  keyDeleted = false;
  /** Operations that the account may not call. */
  readonly forbidden = new Set<string>();
  readonly #tokens = new Set<string>();
  /** AWS roles that may become the service account. */
  readonly trustedRoles = new Set(['arn:aws:sts::123456789012:assumed-role/pushpool/target-cloud-run']);
  /** Whether an account exists and has this key. */
  mayBe: (email: string, keyId: string) => boolean = (email) => email === this.email;
  /** The AWS role behind an access key; null when AWS does not know the key. */
  roleOf: (accessKey: string) => string | null = () => [...this.trustedRoles][0] ?? null;
  isProvider: (audience: string) => boolean = () => true;
  mayImpersonate: (email: string, role: string) => boolean = (_, role) => this.trustedRoles.has(role);
  /** Tokens of federated identities, with the role that stands behind them. */
  readonly #federated = new Map<string, string>();
  readonly #cloud: HttpCloud;

  constructor(cloud: HttpCloud) {
    this.#cloud = cloud;
  }

  /** The JSON of a service account's key, as Google gives it to download. */
  serviceAccountKey(): Record<string, string> {
    return {
      type: 'service_account',
      project_id: 'flows-project',
      private_key_id: 'key-1',
      private_key: this.privateKey,
      client_email: this.email,
      client_id: '1',
      token_uri: `${this.#cloud.url}/token`,
    };
  }

  /** The JSON of a workload identity federation with an AWS provider, as `gcloud` writes it, with the addresses of this cloud. */
  externalAccount(): Record<string, unknown> {
    return {
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/aws/providers/aws',
      subject_token_type: 'urn:ietf:params:aws:token-type:aws4_request',
      service_account_impersonation_url: `${this.#cloud.url}/v1/projects/-/serviceAccounts/${this.email}:generateAccessToken`,
      token_url: `${this.#cloud.url}/v1/token`,
      credential_source: {
        environment_id: 'aws1',
        region_url: 'http://169.254.169.254/latest/meta-data/placement/availability-zone',
        url: 'http://169.254.169.254/latest/meta-data/iam/security-credentials',
        regional_cred_verification_url:
          'https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15',
      },
    };
  }

  static routes(identity: () => GoogleIdentity): Route[] {
    const route = (op: string, path: RegExp, handle: (call: Call) => Answer): Route => ({
      op,
      method: 'POST',
      path,
      handle,
    });
    return [
      route('token', /^\/token$/, (call) => identity().#token(call)),
      route('sts', /^\/v1\/token$/, (call) => identity().#federate(call)),
      route('impersonate', /^\/v1\/projects\/-\/serviceAccounts\/(?<email>[^/]+):generateAccessToken$/, (call) =>
        identity().#impersonate(call),
      ),
    ];
  }

  /** Throws Google's 401 or 403 when the request may not be made. */
  admit(call: Call, permission: string): void {
    const token = (call.headers['authorization'] ?? '').replace(/^Bearer /, '');
    if (!token) this.#cloud.violation(`${call.op}: without credentials`);
    if (!this.knows(token)) {
      throw refused(
        401,
        'UNAUTHENTICATED',
        'Request had invalid authentication credentials.',
        'ACCESS_TOKEN_TYPE_UNSUPPORTED',
      );
    }
    if (this.forbidden.has(call.op)) {
      throw refused(
        403,
        'PERMISSION_DENIED',
        `Permission '${permission}' denied on resource '${call.path.slice(4)}' (or resource may not exist).`,
      );
    }
  }

  /** Whether it is a token that was given, or one that a key has signed. */
  knows(token: string): boolean {
    return this.#tokens.has(token) || (!this.keyDeleted && this.#isSelfSigned(token));
  }

  #isSelfSigned(token: string): boolean {
    const [head = '', body = '', signature = ''] = token.split('.');
    if (!signature) return false;
    const valid = createVerify('RSA-SHA256')
      .update(`${head}.${body}`)
      .verify(publicKey, Buffer.from(signature, 'base64url'));
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    const { kid = '' } = JSON.parse(Buffer.from(head, 'base64url').toString());
    return valid && this.mayBe(claims.iss, kid) && (claims.scope ?? claims.aud) !== undefined;
  }

  #token({ body }: Call): Answer {
    if (this.keyDeleted || !this.#isSelfSigned(body.assertion ?? '')) {
      return { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } };
    }
    return { status: 200, body: { access_token: this.#issue(), expires_in: 3599, token_type: 'Bearer' } };
  }

  /** The subject token is a signed `GetCallerIdentity` request; a real STS would send it and read the role. */
  #federate({ body }: Call): Answer {
    const subject = JSON.parse(decodeURIComponent(body.subject_token ?? body.subjectToken ?? '{}'));
    const headers = Object.fromEntries(
      (subject.headers ?? []).map((header: { key: string; value: string }) => [header.key.toLowerCase(), header.value]),
    );
    const accessKey = /^AWS4-HMAC-SHA256 Credential=(A[KS]IA\w*)/.exec(headers.authorization ?? '')?.[1];
    const role = accessKey && subject.url?.includes('GetCallerIdentity') ? this.roleOf(accessKey) : null;
    if (role === null)
      return { status: 400, body: { error: 'invalid_grant', error_description: 'The AWS request is not signed.' } };
    if (!this.isProvider(body.audience ?? ''))
      return { status: 400, body: { error: 'invalid_target', error_description: 'The target service is invalid.' } };
    const access_token = this.#issue();
    this.#federated.set(access_token, role);
    return {
      status: 200,
      body: {
        access_token,
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: 3599,
      },
    };
  }

  #impersonate(call: Call): Answer {
    this.admit(call, 'iam.serviceAccounts.getAccessToken');
    const role = this.#federated.get((call.headers['authorization'] ?? '').replace(/^Bearer /, ''));
    if (!role || !this.mayImpersonate(decodeURIComponent(call.params['email'] ?? ''), role)) {
      throw refused(403, 'PERMISSION_DENIED', "Permission 'iam.serviceAccounts.getAccessToken' denied on resource.");
    }
    const expireTime = new Date(Date.now() + 3600_000).toISOString();
    return { status: 200, body: { accessToken: this.#issue(), expireTime } };
  }

  #issue(): string {
    const token = `ya29.${randomUUID()}`;
    this.#tokens.add(token);
    return token;
  }
}

/** An error as Google's APIs spell it. */
export function refused(code: number, status: string, message: string, reason?: string): Refusal {
  const details = reason
    ? [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' }]
    : [];
  return new Refusal({ status: code, body: { error: { code, status, message, details } } });
}
