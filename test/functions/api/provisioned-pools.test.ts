import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../shared/domain/json/json.ts';
import { type TestApp, testApp } from '../../test-app.ts';

/** As `gcloud iam service-accounts keys create` writes it, as far as anybody looks. */
const SERVICE_ACCOUNT = { type: 'service_account', project_id: 'p', client_email: 'a@p.iam', private_key: 'k' };

/** What the provisioners of Prefect's CLI store: a credentials block, and defaults in the template (prefect-api 1a). */
const PROVISIONED: Record<string, { slug: string; data: JsonObject; variable: string; defaults: JsonObject }> = {
  'ecs:push': {
    slug: 'aws-credentials',
    data: { aws_access_key_id: 'AKIA', aws_secret_access_key: 'hush', region_name: 'us-east-1' },
    variable: 'aws_credentials',
    defaults: { cluster: 'prefect-ecs-cluster', vpc_id: 'vpc-1', execution_role_arn: 'arn:aws:iam::1:role/x' },
  },
  'azure-container-instance:push': {
    slug: 'azure-container-instance-credentials',
    data: { client_id: 'c', tenant_id: 't', client_secret: 's' },
    variable: 'aci_credentials',
    defaults: {
      resource_group_name: 'prefect-aci-push-pool-rg',
      subscription_id: '5a4a4ed1-1d8c-4e3f-b8e4-4a8d6f9c1a11',
      image_registry: { registry_url: 'prefect.azurecr.io', identity: '/subscriptions/x/identity' },
      identities: ['/subscriptions/x/identity'],
    },
  },
  'cloud-run-v2:push': {
    slug: 'gcp-credentials',
    data: { service_account_info: SERVICE_ACCOUNT },
    variable: 'credentials',
    defaults: {},
  },
  'cloud-run:push': {
    slug: 'gcp-credentials',
    data: { service_account_info: SERVICE_ACCOUNT },
    variable: 'credentials',
    defaults: {},
  },
  'modal:push': {
    slug: 'modal-credentials',
    data: { token_id: 'ak-1', token_secret: 'as-1' },
    variable: 'modal_credentials',
    defaults: {},
  },
};

describe('a pool that was provisioned', () => {
  let home: TestApp;
  let types: Record<
    string,
    { default_base_job_configuration: { variables: { properties: Record<string, JsonObject> } } }
  >;
  beforeAll(async () => {
    home = await testApp();
    const view = await home.call('GET', '/collections/views/aggregate-worker-metadata');
    types = view.body.pushpool;
  });
  afterAll(() => home.close());

  async function storeBlock(name: string, slug: string, data: JsonObject): Promise<string> {
    const type = (await home.call('GET', `/block_types/slug/${slug}`)).body;
    const schemas = await home.call('POST', '/block_schemas/filter', {
      block_schemas: { block_type_id: { any_: [type.id] } },
      limit: 1,
    });
    const made = await home.call('POST', '/block_documents/', {
      name,
      data,
      block_type_id: type.id,
      block_schema_id: schemas.body[0].id,
    });
    return made.body.id;
  }

  async function runOf(poolName: string): Promise<{ status: number; body: { detail?: string; id?: string } }> {
    const flow = (await home.call('POST', '/flows/', { name: 'f' })).body;
    const body = { name: `d-${poolName}`, flow_id: flow.id, work_pool_name: poolName };
    const deployment = (await home.call('POST', '/deployments/', body)).body;
    return home.call('POST', `/deployments/${deployment.id}/create_flow_run`, {});
  }

  it.each(Object.keys(PROVISIONED))('%s is accepted as the CLI sends it, and its runs fit', async (type) => {
    const { slug, data, variable, defaults } = PROVISIONED[type]!;
    const name = type.replace(':', '-');
    const blockId = await storeBlock(`${name}-credentials`, slug, data);
    const template = structuredClone(types[type]!.default_base_job_configuration);
    const written = { ...defaults, [variable]: { $ref: { block_document_id: blockId } } };
    for (const [key, value] of Object.entries(written)) template.variables.properties[key]!['default'] = value;

    const made = await home.call('POST', '/work_pools/', { name, type, base_job_template: template });
    const run = await runOf(name);

    expect([made.status, made.body.base_job_template]).toEqual([201, template]);
    expect([run.status, run.body.detail]).toEqual([201, undefined]);
  });

  it('refuses a run of a pool whose cloud credentials nobody has set, and names the variable', async () => {
    await home.call('POST', '/work_pools/', { name: 'bare', type: 'modal:push' });

    const run = await runOf('bare');

    expect([run.status, run.body.detail]).toEqual([
      422,
      "Error creating flow run: Validation failed. Failure reason: 'modal_credentials' is a required property",
    ]);
  });
});
