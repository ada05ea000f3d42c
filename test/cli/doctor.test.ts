import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SweepFinding } from '../../shared/domain/sweep-report.ts';
import { writeSweepReport } from '../../shared/store/sweep-reports.ts';
import { type CommandLineAtHome, startCommandLine } from './command-line.ts';

let cli: CommandLineAtHome;
beforeAll(async () => {
  cli = await startCommandLine();
});
afterAll(() => cli.close());

const lines = async (env: Record<string, string> = {}) => {
  const result = await cli.run(['doctor', '--json'], { env });
  const findings = JSON.parse(result.stdout) as {
    check: string;
    verdict: string;
    found: string;
    remedy: string | null;
  }[];
  return { ...result, find: (check: string) => findings.find((finding) => finding.check === check), findings };
};

describe('pushpool doctor', () => {
  it('asks for a pool where there is none, and is content', async () => {
    const { exitCode, find } = await lines();

    expect(exitCode).toBe(0);
    expect(find('Server')).toMatchObject({ verdict: 'ok', found: expect.stringContaining(cli.home.apiUrl) });
    expect(find('Version and login')).toMatchObject({
      verdict: 'ok',
      found: 'Prefect 3.8.8, asked without credentials',
    });
    expect(find('Push pools')).toMatchObject({ verdict: 'ok', found: expect.stringContaining('process:push') });
    expect(find('Work pools')).toMatchObject({
      verdict: 'warning',
      remedy: expect.stringContaining('work-pool create'),
    });
    expect(find('AWS account')).toMatchObject({ verdict: 'skipped' });
  });

  it('says which pools are ready, paused or without a worker', async () => {
    await cli.json('work-pool', 'create', 'ready', '--type', 'process:push');
    await cli.json('work-pool', 'create', 'still', '--type', 'process:push', '--paused');
    await cli.json('work-pool', 'create', 'alone', '--type', 'process');

    const { find, exitCode } = await lines();

    expect(find('Pool ready')).toMatchObject({ verdict: 'ok' });
    expect(find('Pool still')).toMatchObject({
      verdict: 'warning',
      remedy: expect.stringContaining('work-pool resume "still"'),
    });
    expect(find('Pool alone')).toMatchObject({
      verdict: 'warning',
      remedy: expect.stringContaining('prefect worker start'),
    });
    expect(exitCode).toBe(0);
  });

  it('finds a pool whose credentials block was deleted, and ends with 1', async () => {
    await cli.json('block', 'create', '-t', 'aws-credentials', '-n', 'keys');
    await cli.json('work-pool', 'create', 'cloud', '--type', 'ecs:push', '--credentials', 'aws-credentials/keys');
    await cli.json('block', 'delete', 'aws-credentials/keys');

    const { find, exitCode, stderr } = await lines();

    expect(find('Pool cloud')).toMatchObject({ verdict: 'problem', remedy: expect.stringContaining('--credentials') });
    expect(exitCode).toBe(1);
    expect(stderr).toBe('There is a problem.\n');
    await cli.json('work-pool', 'delete', 'cloud');
  });

  it('finds a run that is said to run and has no container', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 600_000 }); // ten minutes ago
    const flow = (await cli.home.functions.invoke('api', apiEvent('POST', '/flows/', { name: 'lost' }))) as {
      body: string;
    };
    const body = { flow_id: JSON.parse(flow.body).id, work_pool_name: 'ready', state: { type: 'RUNNING' } };
    await cli.home.functions.invoke('api', apiEvent('POST', '/flow_runs/', body));
    vi.useRealTimers();

    const { find } = await lines();

    expect(find('Running runs')?.verdict).toBe('problem');
    expect(find('Running runs')?.remedy).toContain('pushpool flow-run cancel');
  });

  it('finds a push pool whose credentials its cloud refuses', async () => {
    const { store } = cli.home.app;
    const pool = (await store.workPools.getByName('ready'))!;
    await store.workPools.update(pool.id, (doc) => ({ ...doc, refused: { reason: 'expired', since: 'today' } }));

    const { find } = await lines();
    await store.workPools.update(pool.id, ({ refused: _, ...doc }) => doc);

    expect(find('Pool ready')).toMatchObject({
      verdict: 'problem',
      found: expect.stringContaining('credentials are not accepted'),
      remedy: expect.stringContaining('Store new credentials'),
    });
  });

  it('tells what the sweeps found: containers without a run, and runs that nobody worked for', async () => {
    const { store } = cli.home.app;
    const pool = (await store.workPools.getByName('ready'))!;
    const container = { pid: 'c::task/lost', flow_run_id: 'the-run', attempt: 1, since: new Date().toISOString() };
    const report = (findings: SweepFinding[]) =>
      writeSweepReport(store.table, pool.id, { at: new Date().toISOString(), findings });

    await report([{ kind: 'stopped', ...container, gone_at: null }]);
    const stopped = await lines();
    await report([{ kind: 'unknown', ...container, gone_at: null }]);
    const unknown = await lines();
    await report([{ kind: 'left', ...container, gone_at: null }]);
    const left = await lines();
    await report([{ kind: 'stopped', ...container, gone_at: container.since }]);
    const mended = await lines();

    const check = 'Containers of ready';
    expect(stopped.find(check)).toMatchObject({ verdict: 'problem', found: expect.stringContaining('c::task/lost') });
    expect(unknown.find(check)).toMatchObject({ verdict: 'warning', found: expect.stringContaining('the-run') });
    expect(left.find(check)).toMatchObject({
      verdict: 'warning',
      found: expect.stringContaining('could not be deleted'),
    });
    expect(mended.find(check)).toMatchObject({
      verdict: 'ok',
      found: expect.stringContaining('one that no run needed'),
    });
  });

  it('prints a line a check, with the remedy below', async () => {
    const { stdout } = await cli.run(['doctor']);

    expect(stdout).toMatch(/^✓ Server: http/m);
    expect(stdout).toMatch(/^! Pool still: is paused: its runs wait\n {4}→ Let them go: /m);
    expect(stdout).toMatch(/^- AWS account: /m);
  });

  it('stops at a server that is not there, and says where the address comes from', async () => {
    const { findings, exitCode } = await lines({ PREFECT_API_URL: 'http://127.0.0.1:9/api' });

    expect(findings.map(({ check }) => check)).toEqual(['Server', 'AWS account']);
    expect(findings[0]).toMatchObject({
      verdict: 'problem',
      remedy: expect.stringContaining('the environment variable PREFECT_API_URL'),
    });
    expect(exitCode).toBe(1);
  });
});

describe('with AWS credentials', () => {
  let aws: Server;
  let quota = 10;
  /** The two services that the doctor asks, with the signature that each wants. */
  beforeAll(async () => {
    aws = createServer((request, response) => {
      const target = request.headers['x-amz-target'];
      const service = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(request.headers.authorization ?? '');
      if (target === 'ServiceQuotasV20190624.GetServiceQuota' && service?.[2] === 'servicequotas') {
        response.end(JSON.stringify({ Quota: { Value: quota } }));
        return;
      }
      response.setHeader('content-type', 'text/xml');
      response.end(
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/me</Arn><UserId>A</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
      );
    });
    await new Promise<void>((listening) => aws.listen(0, '127.0.0.1', listening));
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(aws.address() as AddressInfo).port}`);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    aws.close();
  });
  const env = () => ({ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_ENDPOINT_URL: process.env['AWS_ENDPOINT_URL'] ?? '' });

  it("names the account, and warns of a new account's quotas with the command that raises them", async () => {
    quota = 10;
    const { find } = await lines(env());

    expect(find('AWS account')).toMatchObject({ verdict: 'ok', found: '123456789012 in eu-central-1' });
    expect(find('Lambda quota')).toMatchObject({
      verdict: 'warning',
      remedy: expect.stringContaining('--quota-code L-B99A9384'),
    });
    expect(find('Fargate quota')).toMatchObject({
      verdict: 'warning',
      remedy: expect.stringContaining('--quota-code L-3032A538'),
    });
  });

  it('is content with quotas that were raised', async () => {
    quota = 1000;
    const { find } = await lines(env());

    expect(find('Lambda quota')).toMatchObject({ verdict: 'ok' });
    expect(find('Fargate quota')).toMatchObject({ verdict: 'ok' });
  });
});

/** A request as API Gateway hands it to the function. */
function apiEvent(method: string, path: string, body: unknown) {
  return {
    version: '2.0',
    rawPath: `/api${path}`,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: { http: { method, path: `/api${path}` } },
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}
