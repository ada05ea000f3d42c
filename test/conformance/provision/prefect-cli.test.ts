import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PROVISIONING } from '../../../infra/local/python-venv.ts';
import { type Moto, startMoto } from '../../fakes/moto.ts';
import { type LocalHome, startLocalHome } from '../local-home.ts';

const HERE = import.meta.dirname;

let moto: Moto;
let home: LocalHome;
let folder: string;
beforeAll(async () => {
  const bin = await ensureVenv(PROVISIONING);
  folder = mkdtempSync(path.join(tmpdir(), 'pushpool-provision-'));
  [moto, home] = await Promise.all([startMoto(), startLocalHome({ bin })]);
}, 180_000);
afterAll(async () => {
  moto?.stop();
  await home?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The real `prefect` with stand-ins for the clouds' tools first on its path. */
async function prefect(name: string, ...args: string[]) {
  const state = path.join(folder, `${name}.json`);
  const result = await home.prefect(args, {
    env: {
      PATH: `${path.join(HERE, 'bin')}:${home.clientEnv['PATH']}`,
      PYTHONPATH: path.join(HERE, 'python'),
      PREFECT_HOME: path.join(folder, name),
      STAND_IN_STATE: state,
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_DEFAULT_REGION: 'us-east-1',
      MODAL_TOKEN_ID: 'ak-1',
      MODAL_TOKEN_SECRET: 'as-1',
    },
  });
  const calls = () => (JSON.parse(readFileSync(state, 'utf8')) as { calls: string[][] }).calls;
  return { ...result, calls };
}

async function variablesOf(pool: string) {
  const { body } = await home.call('GET', `/work_pools/${pool}`);
  const { properties } = body.base_job_template.variables;
  return (name: string) => properties[name]?.default;
}

async function blockOf(reference: { $ref: { block_document_id: string } }) {
  const { body } = await home.call('GET', `/block_documents/${reference.$ref.block_document_id}?include_secrets=true`);
  return { type: body.block_type.slug, name: body.name, data: body.data };
}

describe("Prefect's own CLI provisions push pools of pushpool", () => {
  it('for ECS, with boto3', async () => {
    const { exitCode, output } = await prefect('ecs', ...create('my-ecs-pool', 'ecs:push'));
    const variable = await variablesOf('my-ecs-pool');

    expect(output).toContain('Infrastructure successfully provisioned!');
    expect(output).toContain("Created work pool 'my-ecs-pool'!");
    expect(exitCode).toBe(0);
    expect(variable('cluster')).toBe('prefect-ecs-cluster');
    expect(variable('execution_role_arn')).toContain(':role/PrefectEcsTaskExecutionRole');
    expect(await blockOf(variable('aws_credentials'))).toMatchObject({
      type: 'aws-credentials',
      name: 'my-ecs-pool-aws-credentials',
      data: { aws_access_key_id: expect.any(String), region_name: 'us-east-1' },
    });

    const again = await prefect('ecs', 'work-pool', 'provision-infra', 'my-ecs-pool');
    expect(again.output).toContain('No additional infrastructure required for work pool my-ecs-pool');
    expect(again.exitCode).toBe(0);
  });

  it('for Azure Container Instances, with az', async () => {
    const type = 'azure-container-instance:push';
    const { exitCode, output, calls } = await prefect('azure', ...create('my-aci-pool', type));
    const variable = await variablesOf('my-aci-pool');

    expect(output).toContain("Infrastructure successfully provisioned for 'my-aci-pool' work pool!");
    expect(exitCode).toBe(0);
    expect(calls().map(([tool]) => tool)).toContain('az');
    expect(variable('resource_group_name')).toBe('prefect-aci-push-pool-rg');
    expect(variable('image_registry')).toEqual({
      registry_url: expect.stringMatching(/^prefect\w+\.azurecr\.io$/),
      identity: '/identities/prefect-acr-identity',
    });
    expect(variable('identities')).toEqual(['/identities/prefect-acr-identity']);
    expect(await blockOf(variable('aci_credentials'))).toMatchObject({
      type: 'azure-container-instance-credentials',
      data: { tenant_id: 'tenant', client_secret: 'a secret' },
    });
  });

  it.each(['cloud-run:push', 'cloud-run-v2:push'])('for %s, with gcloud', async (type) => {
    const pool = `my-${type.replace(':', '-')}-pool`;
    const { exitCode, output, calls } = await prefect(pool, ...create(pool, type));
    const variable = await variablesOf(pool);

    expect(output).toContain(`Infrastructure successfully provisioned for '${pool}' work pool!`);
    expect(exitCode).toBe(0);
    expect(calls()).toContainEqual(expect.arrayContaining(['gcloud', 'services', 'enable', 'run.googleapis.com']));
    expect(await blockOf(variable('credentials'))).toMatchObject({
      type: 'gcp-credentials',
      data: { service_account_info: { private_key: 'a key' } },
    });
  });

  it("for Modal, with the person's token", async () => {
    const { exitCode, output } = await prefect('modal', ...create('my-modal-pool', 'modal:push'));
    const variable = await variablesOf('my-modal-pool');

    expect(output).toContain("Successfully configured Modal push work pool 'my-modal-pool'!");
    expect(exitCode).toBe(0);
    expect(await blockOf(variable('modal_credentials'))).toEqual({
      type: 'modal-credentials',
      name: 'my-modal-pool-modal-credentials',
      data: { token_id: 'ak-1', token_secret: 'as-1' },
    });
  });

  it('for a pool that is there already', async () => {
    await home.prefect(['work-pool', 'create', 'later', '--type', 'modal:push']);
    const { exitCode } = await prefect('later', 'work-pool', 'provision-infra', 'later');
    const variable = await variablesOf('later');

    expect(exitCode).toBe(0);
    expect(variable('modal_credentials')).toBeDefined();
  });
});

const create = (pool: string, type: string) => ['work-pool', 'create', pool, '--type', type, '--provision-infra'];
