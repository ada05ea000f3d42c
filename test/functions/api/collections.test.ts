import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withPushTypes } from '../../../shared/api/worker-metadata/make.ts';
import type { PoolType, PoolTypes } from '../../../shared/api/worker-metadata/pool-type.ts';
import { placeholdersOf } from '../../../shared/domain/job-template/placeholders.ts';
import { baseJobTemplateProblem, validateJobVariables } from '../../../shared/domain/job-template/validate-template.ts';
import { schemaProblem } from '../../../shared/domain/json/json-schema.ts';
import { type TestApp, testApp } from '../../test-app.ts';

const PUSH_TYPES = [
  'ecs:push',
  'azure-container-instance:push',
  'cloud-run-v2:push',
  'cloud-run:push',
  'modal:push',
  'process:push',
];

/** The variables into which the provisioners of Prefect's CLI write defaults; a missing one is a `KeyError` there. */
const WRITTEN_BY_PROVISIONERS: Record<string, string[]> = {
  'ecs:push': ['aws_credentials', 'cluster', 'vpc_id', 'execution_role_arn'],
  'azure-container-instance:push': [
    'aci_credentials',
    'resource_group_name',
    'subscription_id',
    'image_registry',
    'identities',
  ],
  'cloud-run-v2:push': ['credentials'],
  'cloud-run:push': ['credentials'],
  'modal:push': ['modal_credentials'],
};

describe('collections', () => {
  let home: TestApp;
  let types: Record<string, PoolType>;
  let view: PoolTypes;
  beforeAll(async () => {
    home = await testApp();
    view = (await home.call('GET', '/collections/views/aggregate-worker-metadata')).body;
    types = Object.assign({}, ...Object.values(view));
  });
  afterAll(() => home.close());

  it('know all push types beside Prefect’s worker types, each with what CLI and web page ask for', () => {
    expect(Object.keys(view['pushpool'] ?? {})).toEqual(PUSH_TYPES);
    expect(Object.keys(types)).toEqual(expect.arrayContaining(['process', 'docker', 'kubernetes', 'ecs']));
    for (const [name, type] of Object.entries(types)) {
      expect(type).toEqual({
        type: name,
        display_name: expect.any(String),
        description: expect.any(String),
        documentation_url: expect.any(String),
        logo_url: expect.any(String),
        install_command: expect.any(String),
        is_beta: expect.any(Boolean),
        default_base_job_configuration: expect.objectContaining({ job_configuration: expect.any(Object) }),
      });
    }
  });

  it('have the variables that the provisioners of the CLI write into', () => {
    for (const [type, names] of Object.entries(WRITTEN_BY_PROVISIONERS)) {
      const { properties } = types[type]!.default_base_job_configuration.variables;
      expect(Object.keys(properties), type).toEqual(expect.arrayContaining(names));
    }
  });

  it('give templates whose placeholders are declared, whose variables are used and whose defaults fit', () => {
    for (const type of PUSH_TYPES) {
      const template = types[type]!.default_base_job_configuration as never;
      const { job_configuration, variables } = types[type]!.default_base_job_configuration;
      const used = new Set([...placeholdersOf(job_configuration)].map(({ name }) => name));
      const unused = Object.keys(variables.properties).filter((name) => !used.has(name));
      const options = { ignoreRequired: true, ignoreInvalidDefaults: false, blocks: new Map() };

      expect(baseJobTemplateProblem(template), type).toBeNull();
      expect(schemaProblem(variables as never), type).toBeNull();
      expect(validateJobVariables(template, [], options), type).toEqual({ kind: 'fits' });
      expect(unused, type).toEqual([]);
    }
  });

  it('ask for credentials where a cloud cannot be reached without', () => {
    const required = PUSH_TYPES.map((type) => types[type]!.default_base_job_configuration.variables.required ?? []);

    expect(required).toEqual([
      [],
      ['resource_group_name', 'subscription_id', 'aci_credentials'],
      ['credentials'],
      ['credentials'],
      ['modal_credentials'],
      [],
    ]);
  });

  it('are generated: the committed file is what the script makes of it', () => {
    const text = readFileSync(new URL('../../../shared/api/data/worker-metadata.json', import.meta.url), 'utf8');

    expect(withPushTypes(text)).toBe(text);
  });

  it('answer the other views, and 404 for a view that is none', async () => {
    const blocks = await home.call('GET', '/collections/views/aggregate-block-metadata');
    const flows = await home.call('GET', '/collections/views/aggregate-flow-metadata');
    const unknown = await home.call('GET', '/collections/views/toString');

    expect(Object.keys(blocks.body.pushpool.block_types)).toContain('modal-credentials');
    expect([flows.status, flows.body]).toEqual([200, {}]);
    expect([unknown.status, unknown.body]).toEqual([404, { detail: 'View toString not found in registry' }]);
  });
});
