import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OpenAccount } from '../../cli/context.ts';
import { aciProvisioner } from '../../shared/provision/aci/aci.ts';
import type { AciContext } from '../../shared/provision/aci/context.ts';
import { cloudRunProvisioner } from '../../shared/provision/cloud-run/cloud-run.ts';
import type { CloudRunContext } from '../../shared/provision/cloud-run/context.ts';
import { type AzureAccount, startAzureAccount } from '../fakes/azure-account.ts';
import { type GoogleAccount, startGoogleAccount } from '../fakes/google-account.ts';
import { call } from '../infra/local/push-pool.ts';
import { type CommandLineAtHome, startCommandLine } from './command-line.ts';

let cli: CommandLineAtHome;
let azure: AzureAccount;
let google: GoogleAccount;
beforeAll(async () => {
  cli = await startCommandLine();
});
afterAll(() => cli.close());
beforeEach(async () => {
  [azure, google] = await Promise.all([startAzureAccount(), startGoogleAccount('my-project')]);
});
afterEach(() => Promise.all([azure.close(), google.close()]));

/** Accounts of the fake clouds, as if somebody had logged in. */
const accounts: Record<string, OpenAccount> = {
  'azure-container-instance:push': async (_, options) => ({
    provisioner: aciProvisioner,
    context: (base): AciContext => ({
      ...base,
      subscriptionId: '00000000-0000-4000-8000-000000000001',
      subscriptionName: 'Engineering',
      tenantId: 'tenant',
      location: options.location ?? 'eastus',
      locationChosen: options.location !== undefined,
      token: async (scope: string) => (scope.startsWith('https://graph') ? 'graph' : 'arm'),
      armUrl: azure.armUrl,
      graphUrl: azure.graphUrl,
      federation: null,
      trySecret: async (clientId, secret) => azure.signIn(clientId, secret),
      sleep: async () => {},
    }),
  }),
  'cloud-run-v2:push': async (_, options) => ({
    provisioner: cloudRunProvisioner,
    context: (base): CloudRunContext => ({
      ...base,
      projectId: options.project ?? 'my-project',
      region: options.region ?? 'us-central1',
      token: async () => 'google',
      apiUrl: google.url,
      awsRole: null,
      tryKey: async (key) => google.signIn(key),
      sleep: async () => {},
    }),
  }),
};
const run = (...args: string[]) => cli.run(args, { accounts, env: { PATH: cli.standInDocker().path } });

async function defaultsOf(pool: string) {
  const { base_job_template } = await cli.json('work-pool', 'inspect', pool);
  return (name: string) => base_job_template.variables.properties[name].default;
}

describe('pushpool work-pool create --provision-infra', () => {
  it('makes what the pool needs, then the pool that points at it, and says what to do next', async () => {
    const { exitCode, stderr } = await run(
      'work-pool',
      'create',
      'gcp',
      '-t',
      'cloud-run-v2:push',
      '--provision-infra',
    );
    const variable = await defaultsOf('gcp');
    const block = await cli.json('block', 'inspect', 'gcp-credentials/gcp-push-pool-credentials');

    expect(exitCode).toBe(0);
    expect(stderr).toContain('Provisioning infrastructure for your work pool gcp will require:');
    expect(stderr).toContain('Creating service account');
    expect(stderr).toContain('Infrastructure successfully provisioned for "gcp".');
    expect(stderr).toContain(`${cli.home.apiUrl} can be reached from this machine alone`);
    expect(stderr).toContain('us-central1-docker.pkg.dev/my-project/prefect-images');
    expect(variable('credentials')).toEqual({ $ref: { block_document_id: block.id } });
    expect(variable('region')).toBe('us-central1');
  });

  it('only prints the plan with --dry-run', async () => {
    const dry = await run('work-pool', 'create', 'dry', '-t', 'cloud-run-v2:push', '--provision-infra', '--dry-run');
    const lone = await run('work-pool', 'create', 'dry', '-t', 'cloud-run-v2:push', '--dry-run');

    expect(dry).toMatchObject({ exitCode: 0, stdout: 'Nothing was changed: this was the plan.\n' });
    expect(google.documents.size + google.keys.size + google.enabled.size).toBe(0);
    expect((await run('work-pool', 'inspect', 'dry')).exitCode).toBe(1);
    expect(lone).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--provision-infra') });
  });

  it('makes the pool all the same when nothing can be provisioned for its type', async () => {
    const { exitCode, stderr } = await run('work-pool', 'create', 'plain', '-t', 'process:push', '--provision-infra');

    expect(exitCode).toBe(0);
    expect(stderr).toContain('Automatic infrastructure provisioning is not supported for "process:push" work pools.');
  });

  it('takes names from a file, and refuses those that the cloud would', async () => {
    cli.write('names.json', JSON.stringify({ repository: 'flows', serviceAccount: 'submit-flows' }));
    cli.write('bad.json', JSON.stringify({ serviceAccount: 'Submit Flows' }));
    cli.write('unknown.json', JSON.stringify({ cluster: 'flows' }));
    const create = ['work-pool', 'create', 'named', '-t', 'cloud-run-v2:push', '--provision-infra', '--names'];

    const bad = await run(...create, 'bad.json');
    const unknown = await run(...create, 'unknown.json');
    const good = await run(...create, 'names.json');

    expect(bad).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('"Submit Flows" cannot name the service account'),
    });
    expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--names has "cluster"') });
    expect(good.exitCode).toBe(0);
    expect([...google.documents.keys()]).toContain('/v1/projects/my-project/locations/us-central1/repositories/flows');
  });
});

describe('pushpool work-pool provision-infra', () => {
  it('provisions a pool that is there, and again changes nothing', async () => {
    await cli.json('work-pool', 'create', 'aci', '-t', 'azure-container-instance:push');

    const first = await run('work-pool', 'provision-infra', 'aci', '--location', 'westeurope');
    const second = await run('work-pool', 'provision-infra', 'aci', '--location', 'westeurope');
    const variable = await defaultsOf('aci');

    const { body } = await call(cli.home.apiUrl, 'GET', '/ui/work_pools/aci/infrastructure');

    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(body.provisioned).toMatchObject({
      place: expect.stringContaining('westeurope'),
      things: expect.arrayContaining([expect.stringContaining('prefect-aci-push-pool-rg')]),
    });
    expect(second.stderr).toContain('No additional infrastructure required for work pool aci.');
    expect(variable('resource_group_name')).toBe('prefect-aci-push-pool-rg');
    expect(azure.applications.size).toBe(1);
  });

  it('says that another location than that of the resource group is not taken', async () => {
    await cli.json('work-pool', 'create', 'there', '-t', 'azure-container-instance:push');
    await run('work-pool', 'provision-infra', 'there', '--location', 'westeurope');

    const elsewhere = await run('work-pool', 'provision-infra', 'there', '--location', 'northeurope', '--dry-run');
    const same = await run('work-pool', 'provision-infra', 'there', '--location', 'West Europe', '--dry-run');

    expect(elsewhere.stderr).toContain(
      'The resource group prefect-aci-push-pool-rg is in westeurope, so everything is made and run there, and not in northeurope.',
    );
    expect(same.stderr).not.toContain('The resource group');
  });

  it('says what failed, what it needs and how to go on; then goes on', async () => {
    await cli.json('work-pool', 'create', 'stuck', '-t', 'azure-container-instance:push');
    azure.deny = /PUT .*\/registries\//;

    const broken = await run('work-pool', 'provision-infra', 'stuck');
    azure.deny = null;
    const mended = await run('work-pool', 'provision-infra', 'stuck');

    expect(broken.exitCode).toBe(1);
    expect(broken.stderr).toMatch(
      /Making an Azure Container Registry with the prefix: prefect failed: AuthorizationFailed: .* It needs the permissions .*registries\/write.* Made so far, and kept: .*a resource group in location eastus.* Run the same command again/,
    );
    expect(mended.exitCode).toBe(0);
    expect(azure.applications.size).toBe(1);
  });

  it('goes on with the names that were chosen before, after a failure too, and removes what has them', async () => {
    await cli.json('work-pool', 'create', 'kept', '-t', 'azure-container-instance:push');
    cli.write('names.json', JSON.stringify({ resourceGroup: 'flows-rg', app: 'flows-app' }));
    azure.deny = /PUT .*\/registries\//;
    const broken = await run('work-pool', 'provision-infra', 'kept', '--names', 'names.json');
    azure.deny = null;

    const mended = await run('work-pool', 'provision-infra', 'kept');
    const again = await run('work-pool', 'provision-infra', 'kept');

    const names = () => [...azure.applications.values()].map(({ displayName }) => displayName);
    expect([broken.exitCode, mended.exitCode]).toEqual([1, 0]);
    expect(names()).toEqual(['flows-app']);
    expect(again.stderr).toContain('No additional infrastructure required for work pool kept.');
    expect((await defaultsOf('kept'))('resource_group_name')).toBe('flows-rg');

    await run('work-pool', 'deprovision-infra', 'kept');
    expect(names()).toEqual([]);
  });

  it('refuses pools that need nothing, and pools that are not there', async () => {
    await cli.json('work-pool', 'create', 'worker', '-t', 'process');

    expect(await run('work-pool', 'provision-infra', 'worker')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('workers run its flows'),
    });
    expect(await run('work-pool', 'provision-infra', 'nowhere')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('`pushpool work-pool ls` lists what there is'),
    });
  });

  it('stores the Modal token of the environment or of the file, and says how to get one', async () => {
    await cli.json('work-pool', 'create', 'modal', '-t', 'modal:push');
    const missing = await cli.run(['work-pool', 'provision-infra', 'modal']);
    cli.write(
      '.modal.toml',
      '[old]\ntoken_id = "no"\ntoken_secret = "no"\n\n[me]\ntoken_id = "ak-1"\ntoken_secret = "as-1"\nactive = true\n',
    );
    const found = await cli.run(['work-pool', 'provision-infra', 'modal']);
    const stored = await fetch(
      `${cli.home.apiUrl}/block_types/slug/modal-credentials/block_documents/name/modal-modal-credentials?include_secrets=true`,
    );
    const { data } = (await stored.json()) as { data: unknown };

    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('modal token new') });
    expect(found.exitCode).toBe(0);
    expect(data).toEqual({ token_id: 'ak-1', token_secret: 'as-1' });
  });
});

describe('pushpool work-pool deprovision-infra', () => {
  it('shows what it removes and what stays, removes it, and may be run again', async () => {
    await run('work-pool', 'create', 'short', '-t', 'cloud-run-v2:push', '--provision-infra');
    await run('work-pool', 'create', 'neighbour', '-t', 'cloud-run-v2:push', '--provision-infra');
    const shared = await run('work-pool', 'deprovision-infra', 'short', '--dry-run');
    for (const other of ['gcp', 'named', 'neighbour']) await run('work-pool', 'delete', other, '--yes');

    const dry = await run('work-pool', 'deprovision-infra', 'short', '--dry-run');
    const kept = google.documents.size;
    const done = await run('work-pool', 'deprovision-infra', 'short');
    const again = await run('work-pool', 'deprovision-infra', 'short');

    expect(shared.stderr).toContain('prefect-cloud-run (work pool neighbour uses it too)');
    expect(dry.stdout).toBe('Nothing was removed.\n');
    expect(kept).toBe(3);
    expect(done.stderr).toContain('it may hold images');
    expect(done.stdout).toContain('Removed 6 resources.');
    expect([...google.documents.keys()]).toEqual([
      '/v1/projects/my-project/locations/us-central1/repositories/prefect-images',
    ]);
    expect(again).toMatchObject({ exitCode: 0, stdout: 'Nothing was removed.\n' });
  });
});
