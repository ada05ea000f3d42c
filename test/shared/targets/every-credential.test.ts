import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../shared/domain/json/json.ts';
import { parseAciJob } from '../../../shared/targets/aci/parse.ts';
import { parseCloudRunJob } from '../../../shared/targets/cloud-run/parse.ts';
import { parseEcsJob } from '../../../shared/targets/ecs/parse.ts';
import { parseModalJob } from '../../../shared/targets/modal/parse.ts';
import type { Parse } from '../../../shared/targets/parse.ts';
import { jobOfPool } from './job-of-pool.ts';

/** What becomes of a field of a block that somebody has filled in. */
type Fate =
  | { readonly changes: Json }
  | { readonly refused: Json; readonly says: RegExp }
  /** It changes nothing, and why that is no broken promise. */
  | { readonly idle: string };

interface Credentials {
  readonly block: string;
  readonly poolType: string;
  readonly variable: string;
  readonly parse: Parse<object>;
  /** Other variables that a job needs. */
  readonly needed?: JsonObject;
  /** A block that is complete. */
  readonly good: JsonObject;
  /** By field; those of an object in the block by `object.field`. */
  readonly fields: Readonly<Record<string, Fate>>;
  /** Fields that Prefect's block has had since the registry was bundled. */
  readonly newer?: readonly string[];
}

const KEY = { type: 'service_account', client_email: 'a@b', private_key: 'k', project_id: 'p' };
const ROLE = 'arn:aws:iam::123456789012:role/submit';

const ALL: readonly Credentials[] = [
  {
    ...{ block: 'aws-credentials', poolType: 'ecs:push', variable: 'aws_credentials', parse: parseEcsJob },
    good: { aws_access_key_id: 'AKIA', aws_secret_access_key: 's', assume_role_arn: ROLE, aws_client_parameters: {} },
    newer: ['assume_role_arn', 'assume_role_kwargs'],
    fields: {
      aws_access_key_id: { changes: 'AKIB' },
      aws_secret_access_key: { changes: 't' },
      aws_session_token: { changes: 'session' },
      profile_name: { refused: 'me', says: /no profiles/ },
      region_name: { changes: 'eu-west-1' },
      assume_role_arn: { changes: `${ROLE}-2` },
      assume_role_kwargs: { changes: { ExternalId: 'e', DurationSeconds: 900 } },
      'aws_client_parameters.api_version': { idle: 'each of AWS’s APIs in question has one version' },
      'aws_client_parameters.use_ssl': { refused: false, says: /over TLS/ },
      'aws_client_parameters.verify': { refused: false, says: /checks certificates/ },
      'aws_client_parameters.verify_cert_path': { refused: '/ca.pem', says: /file that pushpool does not have/ },
      'aws_client_parameters.endpoint_url': { changes: 'https://ecs.example' },
      'aws_client_parameters.config': { changes: { retries: { max_attempts: 7 } } },
    },
  },
  {
    ...{ block: 'azure-container-instance-credentials', poolType: 'azure-container-instance:push' },
    ...{ variable: 'aci_credentials', parse: parseAciJob },
    needed: { resource_group_name: 'flows', subscription_id: '22222222-2222-4222-8222-222222222222' },
    good: { tenant_id: 't', client_id: 'c', client_secret: 's', credential_kwargs: {} },
    fields: {
      client_id: { changes: 'c2' },
      tenant_id: { changes: 't2' },
      client_secret: { changes: 's2' },
      credential_kwargs: { changes: { authority: 'login.microsoftonline.us', additionally_allowed_tenants: ['x'] } },
      'credential_kwargs.logging_enable': { refused: true, says: /is not supported/ },
    },
    newer: ['credential_kwargs.logging_enable'],
  },
  {
    ...{ block: 'gcp-credentials', poolType: 'cloud-run-v2:push', variable: 'credentials', parse: parseCloudRunJob },
    good: { service_account_info: KEY },
    fields: {
      service_account_file: { refused: '/key.json', says: /Put its contents into service_account_info/ },
      service_account_info: { changes: JSON.stringify({ ...KEY, project_id: 'p2' }) },
      project: { changes: 'p2' },
    },
  },
  {
    ...{ block: 'modal-credentials', poolType: 'modal:push', variable: 'modal_credentials', parse: parseModalJob },
    good: { token_id: 'ak-1', token_secret: 'as-1' },
    fields: {
      token_id: { changes: 'ak-2' },
      token_secret: { changes: 'as-2' },
      environment: { changes: 'staging' },
    },
  },
];

describe.each(ALL)(
  'a block of the type $block',
  ({ block, poolType, variable, parse, needed, good, fields, newer }) => {
    const parsed = (credentials: JsonObject) => {
      const answer = parse(jobOfPool(poolType, { ...needed, [variable]: credentials }), { complete: true });
      return 'job' in answer
        ? { job: withoutHash(answer.job) }
        : { says: answer.problems.map(({ message }) => message).join() };
    };

    it('has the fields that this test knows', () => {
      expect(new Set(Object.keys(fields))).toEqual(new Set([...fieldsOf(block), ...(newer ?? [])]));
    });

    it.each(Object.entries(fields))('%s does what it says, or is refused', (field, fate) => {
      const before = parsed(good);
      expect(before).toHaveProperty('job');
      if ('idle' in fate) return expect(parsed(withField(good, field, 'x'))).toEqual(before);
      const after = parsed(withField(good, field, 'changes' in fate ? fate.changes : fate.refused));
      if ('changes' in fate) {
        expect(after).toHaveProperty('job');
        expect(after).not.toEqual(before);
      } else expect(after.says).toMatch(fate.says);
    });
  },
);

/** The hash of a whole block names a client; it changes with any field. */
const withoutHash = (job: object): object =>
  JSON.parse(JSON.stringify(job, (name, value) => (name === 'hash' ? undefined : value)));

function withField(credentials: JsonObject, field: string, value: Json): JsonObject {
  const [name = '', inner] = field.split('.');
  return { ...credentials, [name]: inner ? { ...(credentials[name] as JsonObject), [inner]: value } : value };
}

/** The fields that the block has in the registry of this pushpool, those of its own objects with them. */
function fieldsOf(slug: string): string[] {
  const data = new URL('../../../shared/api/data/block-registry.json', import.meta.url);
  // biome-ignore lint/suspicious/noExplicitAny: JSON schemas
  const types: any[] = JSON.parse(readFileSync(data, 'utf8')).block_types;
  const { properties, definitions = {} } = types.find((type) => type.slug === slug).block_schemas[0].fields;
  return Object.entries<{ $ref?: string; allOf?: { $ref: string }[] }>(properties).flatMap(([name, property]) => {
    const reference = property.$ref ?? property.allOf?.[0]?.$ref;
    const inner = definitions[reference?.split('/').at(-1) ?? '']?.properties;
    return inner ? Object.keys(inner).map((field) => `${name}.${field}`) : [name];
  });
}
