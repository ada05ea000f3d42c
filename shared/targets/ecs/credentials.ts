import { createHash } from 'node:crypto';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentials } from './aws-credentials.ts';
import type { EcsJob } from './parse.ts';

/** The clients for one set of credentials in one region, and what they have found out (network, definitions) for some minutes. */
export interface EcsClients {
  readonly ecs: ECSClient;
  readonly ec2: EC2Client;
  readonly logs: CloudWatchLogsClient;
  readonly region: string;
  /** Names these credentials and the region without telling them. */
  readonly id: string;
  readonly remembered: Map<string, { readonly value: unknown; readonly until: number }>;
}

export interface ClientOptions {
  /** Added to every client; `requestHandler`, `maxAttempts`, `endpoint`. */
  readonly client?: Record<string, unknown>;
}

const CACHE_MAX = 50;
/** An answer that never comes must not take the whole function with it: the submission is repeated, and looks first. */
const REQUEST_TIMEOUT_MS = 15_000;

/** Keeps clients between calls: a cold client costs a TLS handshake, an assumed role another call. */
export class ClientCache {
  readonly #known = new Map<string, Promise<EcsClients>>();
  readonly #options: ClientOptions;

  constructor(options: ClientOptions = {}) {
    this.#options = options;
  }

  /** `region` overrides where the container is known to be. */
  get(job: EcsJob, region: string | null = null): Promise<EcsClients> {
    const wanted = region ?? job.credentials.region ?? regionOfArn(job.cluster);
    const key = JSON.stringify([job.credentials, wanted, externalId(job)]);
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= CACHE_MAX) this.#known.clear();
    const made = makeClients(job, wanted, this.#options, createHash('sha256').update(key).digest('hex').slice(0, 12));
    this.#known.set(key, made);
    made.catch(() => this.#known.delete(key));
    return made;
  }
}

const regionOfArn = (cluster: string | null): string | null =>
  /^arn:[^:]+:ecs:([^:]+):/.exec(cluster ?? '')?.[1] ?? null;

/** Who assumes a role with our own role's power says for which pool, so that nobody else's pool can borrow it. */
const externalId = (job: EcsJob): string | undefined => job.labels['prefect.io/work-pool-id'];

async function makeClients(
  job: EcsJob,
  region: string | null,
  options: ClientOptions,
  hash: string,
): Promise<EcsClients> {
  const config = {
    ...(region && { region }),
    ...(job.credentials.endpoint && { endpoint: job.credentials.endpoint }),
    // The client token makes a repeated RunTask harmless.
    maxAttempts: job.credentials.maxAttempts ?? 3,
    requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS, connectionTimeout: 5000 },
    ...options.client,
  };
  const credentials = credentialsFor(job, config);
  const withCredentials = { ...config, ...(credentials && { credentials }) };
  const ecs = new ECSClient(withCredentials);
  const own = await ecs.config.region();
  return {
    ecs,
    ec2: new EC2Client(withCredentials),
    logs: new CloudWatchLogsClient(withCredentials),
    region: own,
    id: `${own}/${hash}`,
    remembered: new Map(),
  };
}

/** Keys of the block, else the chain of the process (the function's role); then the role to assume with them. */
function credentialsFor(job: EcsJob, config: Record<string, unknown>) {
  const base = staticKeys(job.credentials);
  const { assumeRole } = job.credentials;
  if (!assumeRole) return base;
  const sts = new STSClient({ ...config, ...(base && { credentials: base }) });
  const input: AssumeRoleCommandInput = {
    RoleSessionName: 'pushpool',
    ...(!base && { ExternalId: externalId(job) }),
    ...assumeRole.options,
    RoleArn: assumeRole.arn,
  };
  return shared(async () => {
    const { Credentials } = await sts.send(new AssumeRoleCommand(input));
    if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey) throw new Error('STS answered without credentials.');
    return {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      ...(Credentials.SessionToken && { sessionToken: Credentials.SessionToken }),
      ...(Credentials.Expiration && { expiration: Credentials.Expiration }),
    };
  });
}

const RENEW_BEFORE_MS = 5 * 60 * 1000;

/** All clients of one set of credentials assume the role together. A failure is not kept. */
function shared<T extends { readonly expiration?: Date }>(ask: () => Promise<T>): () => Promise<T> {
  let kept: { readonly answer: Promise<T>; until: number } | null = null;
  return () => {
    if (kept && kept.until > Date.now()) return kept.answer;
    const fresh = { answer: ask(), until: Date.now() + REMEMBER_MS };
    kept = fresh;
    fresh.answer.then(
      ({ expiration }) => {
        if (expiration) fresh.until = expiration.getTime() - RENEW_BEFORE_MS;
      },
      () => {
        if (kept === fresh) kept = null;
      },
    );
    return fresh.answer;
  };
}

function staticKeys({ accessKeyId, secretAccessKey, sessionToken }: AwsCredentials) {
  if (!accessKeyId || !secretAccessKey) return null;
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}

const REMEMBER_MS = 10 * 60 * 1000;

/** Asks once in ten minutes. A failure is not remembered. */
export async function remember<T>(clients: EcsClients, key: string, ask: () => Promise<T>): Promise<T> {
  const known = clients.remembered.get(key);
  if (known && known.until > Date.now()) return known.value as T;
  const value = await ask();
  clients.remembered.set(key, { value, until: Date.now() + REMEMBER_MS });
  return value;
}
