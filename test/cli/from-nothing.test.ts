import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { environmentOf } from '../fakes/aci/group.ts';
import { PERSON as AZURE_PERSON, type AzureCloud, startAzureCloud } from '../fakes/azure-cloud.ts';
import { FakeCloudRun } from '../fakes/cloud-run/cloud-run.ts';
import { type GoogleCloud, startGoogleCloud } from '../fakes/google-cloud.ts';
import { reports } from '../fakes/reports.ts';
import { type CommandLineAtHome, startCommandLine } from './command-line.ts';

let cli: CommandLineAtHome;
const clouds: { close(): Promise<void> }[] = [];
beforeEach(() => {
  // what the clouds' own libraries look for on a machine
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'GOOGLE_APPLICATION_CREDENTIALS']) vi.stubEnv(name, '');
});
afterEach(async () => {
  await cli.close();
  await Promise.all(clouds.splice(0).map((cloud) => cloud.close()));
  vi.unstubAllEnvs();
});

async function azureLogin(): Promise<AzureCloud> {
  const azure = await startAzureCloud();
  clouds.push(azure);
  azure.aci.startSeconds = 0;
  azure.aci.onCreate = (group) =>
    void reports(environmentOf(group), 'RUNNING', 'COMPLETED').then(() => azure.aci.exit(group.name, 0));
  vi.stubEnv('AZURE_TENANT_ID', AZURE_PERSON.tenant);
  vi.stubEnv('AZURE_CLIENT_ID', AZURE_PERSON.clientId);
  vi.stubEnv('AZURE_CLIENT_SECRET', AZURE_PERSON.secret);
  return azure;
}

async function googleLogin(roles?: Record<string, string>): Promise<GoogleCloud> {
  const google = await startGoogleCloud(roles);
  clouds.push(google);
  google.run.startSeconds = 0;
  google.run.readySeconds = 0;
  google.run.onExecution = (made) =>
    void reports(FakeCloudRun.environment(made), 'RUNNING', 'COMPLETED').then(() =>
      google.run.exit(made.job.id, { exitCode: 0 }),
    );
  return google;
}

/** The guide's three commands; throws with what was printed when one of them fails. */
async function fromNothing(type: string, given: Record<string, string>, ...options: string[]) {
  const docker = cli.standInDocker();
  const env = { ...given, PATH: docker.path };
  const run = async (...args: string[]) => {
    const result = await cli.run(args, { env });
    if (result.exitCode !== 0) throw new Error(`pushpool ${args.join(' ')}: ${JSON.stringify(result)}`);
    return result;
  };
  const created = await run('work-pool', 'create', 'my-pool', '-t', type, '--provision-infra', ...options);
  await run('deploy', 'flow.py:my_flow', '-n', 'nightly', '--pool', 'my-pool', '--image', 'flows:1');
  const watched = await run('deployment', 'run', 'my-flow/nightly', '--watch');
  return { created, watched, run, docker };
}

describe('from an empty folder to a flow run that is Completed', { timeout: 120_000 }, () => {
  it('on Azure Container Instances, with a secret that is replaced later', async () => {
    const azure = await azureLogin();
    cli = await startCommandLine({ azure: azure.url });
    const env = { PUSHPOOL_AZURE_ENDPOINT: azure.url };

    const { created, watched, run, docker } = await fromNothing(
      'azure-container-instance:push',
      env,
      '--location',
      'westeurope',
    );
    await run('work-pool', 'provision-infra', 'my-pool', '--rotate-key');
    const again = await run('deployment', 'run', 'my-flow/nightly', '--watch');

    expect(created.stderr).toContain('A key is stored, as no role of pushpool in AWS was found.');
    expect(created.stderr).toContain('Where: Azure subscription Engineering');
    expect(docker.told()).toMatch(
      /^login --username 0{8}-[0-]+ --password-stdin prefect\w+\.azurecr\.io\na refresh token$/m,
    );
    expect((await run('config', 'view')).stdout).toMatch(
      /PREFECT_DEFAULT_DOCKER_BUILD_NAMESPACE +prefect\w+\.azurecr\.io/,
    );
    expect(watched.stdout).toContain('is Completed');
    expect(again.stdout).toContain('is Completed');
    expect([...azure.account.applications.values()].map(({ passwords }) => passwords.length)).toEqual([1]);
    expect(azure.aci.violations).toEqual([]);
  });

  it('on Google Cloud Run, with a key that is replaced later', async () => {
    const google = await googleLogin();
    cli = await startCommandLine({ google: google.url });
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', cli.write('person.json', google.personsKey()));
    const env = { PUSHPOOL_GOOGLE_ENDPOINT: google.url };

    const { watched, run, docker } = await fromNothing('cloud-run-v2:push', env, '--region', 'europe-west1');
    await run('work-pool', 'provision-infra', 'my-pool', '--rotate-key', '--smoke-test', '--region', 'europe-west1');
    const again = await run('deployment', 'run', 'my-flow/nightly', '--watch');

    expect(watched.stdout).toContain('is Completed');
    expect(again.stdout).toContain('is Completed');
    expect(google.account.keys.size).toBe(1);
    expect(docker.told()).toContain(
      'login --username oauth2accesstoken --password-stdin https://europe-west1-docker.pkg.dev',
    );
    expect(google.run.everMade.map(({ job }) => job.spec.template.template.containers[0].image)).toEqual([
      'flows:1',
      'docker.io/library/busybox:stable',
      'flows:1',
    ]);
    expect(google.run.violations).toEqual([]);
  });

  it('on Google Cloud Run, without a key: the AWS role of the home is exchanged for the service account', async () => {
    const role = 'arn:aws:iam::123456789012:role/pushpool-target-cloud-run';
    const google = await googleLogin({
      AKIAHOME: 'arn:aws:sts::123456789012:assumed-role/pushpool-target-cloud-run',
      AKIAOTHER: 'arn:aws:sts::123456789012:assumed-role/other',
    });
    cli = await startCommandLine({ google: google.url });
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', cli.write('person.json', google.personsKey()));
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAHOME');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_REGION', 'eu-west-1');

    const env = { PUSHPOOL_GOOGLE_ENDPOINT: google.url };
    const { watched } = await fromNothing('cloud-run-v2:push', env, '--aws-role', role);

    expect(watched.stdout).toContain('is Completed');
    expect(google.account.keys.size).toBe(0);
    expect(google.run.calls('impersonate').length).toBe(1);
  });
});
