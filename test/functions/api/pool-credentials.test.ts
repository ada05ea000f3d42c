import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../shared/domain/json/json.ts';
import { type TestApp, testApp } from '../../test-app.ts';

const LISTED = 'arn:aws:iam::123456789012:role/listed';

describe('what is said to whoever saves a push pool or its credentials', () => {
  let home: TestApp;
  beforeAll(async () => {
    home = await testApp({ passRoles: [LISTED] });
  });
  afterAll(() => home.close());

  const must = async (method: string, path: string, body?: unknown) => {
    const answer = await home.call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  let blocks = 0;
  async function block(slug: string, data: JsonObject): Promise<string> {
    const type = await must('GET', `/block_types/slug/${slug}`);
    const [schema] = await must('POST', '/block_schemas/filter', {
      block_schemas: { block_type_id: { any_: [type.id] } },
    });
    const body = { name: `b${blocks++}`, data, block_type_id: type.id, block_schema_id: schema.id };
    return (await must('POST', '/block_documents/', body)).id;
  }
  async function template(type: string, defaults: JsonObject) {
    const types = await must('GET', '/collections/views/aggregate-worker-metadata');
    const base = structuredClone(types.pushpool[type].default_base_job_configuration);
    for (const [name, value] of Object.entries(defaults)) base.variables.properties[name].default = value;
    return base;
  }
  let pools = 0;
  const save = async (type: string, defaults: JsonObject) =>
    home.call('POST', '/work_pools/', {
      ...{ name: `pool-${pools++}`, type, base_job_template: await template(type, defaults) },
    });
  const reference = (id: string) => ({ $ref: { block_document_id: id } });

  it.each<[string, string, string, JsonObject, RegExp]>([
    ['modal:push', 'modal-credentials', 'modal_credentials', { token_id: 'ak-1' }, /a Modal token is required/],
    [
      'azure-container-instance:push',
      'azure-container-instance-credentials',
      'aci_credentials',
      { tenant_id: 't' },
      /aci_credentials\.client_id: is missing/,
    ],
    [
      'cloud-run-v2:push',
      'gcp-credentials',
      'credentials',
      { service_account_info: { type: 'service_account', client_email: 'a@b' }, project: 'p' },
      /service_account_info\.private_key: is missing/,
    ],
    [
      'ecs:push',
      'aws-credentials',
      'aws_credentials',
      { aws_access_key_id: 'AKIA' },
      /aws_secret_access_key: is missing/,
    ],
  ])(
    'a %s pool whose block lacks a part of its key is refused, and the part named',
    async (type, slug, name, data, why) => {
      const id = await block(slug, data);

      const answer = await save(type, { [name]: reference(id) });

      expect(answer.status).toBe(422);
      expect(JSON.stringify(answer.body)).toMatch(why);
    },
  );

  it('a block that a pool uses does not take data the pool could not sign in with', async () => {
    const id = await block('modal-credentials', { token_id: 'ak-1', token_secret: 'as-1' });
    expect((await save('modal:push', { modal_credentials: reference(id) })).status).toBe(201);

    const broken = await home.call('PATCH', `/block_documents/${id}`, {
      ...{ data: { token_id: 'ak-2' }, merge_existing_data: false },
    });
    const whole = await home.call('PATCH', `/block_documents/${id}`, {
      ...{ data: { token_id: 'ak-2', token_secret: 'as-2' }, merge_existing_data: false },
    });

    expect(broken.status).toBe(422);
    expect(JSON.stringify(broken.body)).toMatch(/work pool \\"pool-\d+\\" could not use this block.*Modal token/);
    expect(whole.status).toBe(204);
  });

  it('rule 30: a pool on the home’s own role gives its tasks roles under /pushpool/ and listed ones, no others', async () => {
    const own = 'arn:aws:iam::123456789012:role/pushpool/flows';
    const foreign = 'arn:aws:iam::123456789012:role/admin';
    const keys = await block('aws-credentials', { aws_access_key_id: 'AKIA', aws_secret_access_key: 's' });

    const refused = await save('ecs:push', { task_role_arn: foreign });

    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.body)).toMatch(/task_role_arn.*role\/admin.*passRoles=/);
    expect((await save('ecs:push', { task_role_arn: LISTED, execution_role_arn: own })).status).toBe(201);
    expect((await save('ecs:push', { task_role_arn: foreign, aws_credentials: reference(keys) })).status).toBe(201);
  });
});
