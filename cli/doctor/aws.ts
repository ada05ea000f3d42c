import type { STSClient } from '@aws-sdk/client-sts';
import { hasAwsLogin } from '../aws-login.ts';
import type { Env } from '../settings/settings.ts';
import { type Finding, ok, skipped, warning } from './check.ts';

interface Quota {
  readonly check: string;
  readonly service: string;
  readonly code: string;
  /** Below this, a new account's default, runs wait for each other sooner than people expect. */
  readonly enough: number;
  readonly what: string;
}

/** Codes of the Service Quotas API; a new account has 10 concurrent functions and 6 Fargate vCPUs. */
const QUOTAS: readonly Quota[] = [
  {
    ...{ check: 'Lambda quota', service: 'lambda', code: 'L-B99A9384', enough: 100 },
    what: 'concurrent executions: every API call and every step of a run takes one for a moment',
  },
  {
    ...{ check: 'Fargate quota', service: 'fargate', code: 'L-3032A538', enough: 32 },
    what: 'vCPUs at once: a run takes what its `cpu` says, one by default',
  },
];

/** Whose AWS account this is and whether its quotas are those of a new one. Skipped without credentials on this machine. */
export async function checkAws(env: Env): Promise<Finding[]> {
  if (!hasAwsLogin(env)) {
    return [skipped('AWS account', 'no credentials on this machine: quotas were not looked at')];
  }
  const { GetCallerIdentityCommand, STSClient: Sts } = await import('@aws-sdk/client-sts');
  const sts = new Sts({ maxAttempts: 2 });
  try {
    const region = await sts.config.region();
    const { Account } = await sts.send(new GetCallerIdentityCommand({}));
    const quotas = await Promise.all(QUOTAS.map((quota) => checkQuota(sts, region, quota, env)));
    return [ok('AWS account', `${Account} in ${region}`), ...quotas];
  } catch (error) {
    const { name, message } = error as Error;
    const remedy = 'Log in (`aws sso login`, or `aws configure`) and set AWS_REGION, to have quotas looked at.';
    return [warning('AWS account', `could not be asked: ${name}: ${message}`, remedy)];
  } finally {
    sts.destroy();
  }
}

async function checkQuota(sts: STSClient, region: string, quota: Quota, env: Env): Promise<Finding> {
  const answer = await askForQuota(sts, region, quota, env);
  if (answer.value === null) {
    const remedy = 'Allow servicequotas:GetServiceQuota to whoever runs the doctor, to have it looked at.';
    return warning(quota.check, `could not be read (${answer.reason})`, remedy);
  }
  const found = `${answer.value} ${quota.what}`;
  if (answer.value >= quota.enough) return ok(quota.check, found);
  const command = `aws service-quotas request-service-quota-increase --service-code ${quota.service} --quota-code ${quota.code} --desired-value ${quota.enough}`;
  return warning(quota.check, found, `Ask for more (free, and granted within a day or so): ${command}`);
}

/** One call signed by hand: a whole SDK client for two numbers would be most of this program. */
async function askForQuota(
  sts: STSClient,
  region: string,
  quota: Quota,
  env: Env,
): Promise<{ value: number; reason: null } | { value: null; reason: string }> {
  const endpoint = new URL(env['AWS_ENDPOINT_URL'] ?? `https://servicequotas.${region}.amazonaws.com`);
  const body = JSON.stringify({ ServiceCode: quota.service, QuotaCode: quota.code });
  const signer = await sts.config.signer();
  const request = await signer.sign(
    {
      method: 'POST',
      protocol: endpoint.protocol,
      hostname: endpoint.hostname,
      ...(endpoint.port !== '' && { port: Number(endpoint.port) }),
      path: '/',
      query: {},
      headers: {
        host: endpoint.host,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'ServiceQuotasV20190624.GetServiceQuota',
      },
      body,
    },
    { signingService: 'servicequotas', signingRegion: region },
  );
  const { host: _, ...headers } = request.headers;
  const response = await fetch(endpoint, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) });
  const answer = (await response.json().catch(() => null)) as { Quota?: { Value?: number }; __type?: string } | null;
  const value = answer?.Quota?.Value;
  if (response.ok && value !== undefined) return { value, reason: null };
  return { value: null, reason: answer?.__type?.split('#').at(-1) ?? String(response.status) };
}
