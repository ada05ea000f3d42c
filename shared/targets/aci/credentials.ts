import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../../domain/json/json.ts';
import type { JobReader } from '../parse.ts';

/** The `azure-container-instance-credentials` block, checked. Without a secret the home's own identity stands for the app. */
export interface AciCredentials {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  /** Another cloud than Azure's public one. */
  readonly authorityHost: string | null;
  readonly additionallyAllowedTenants: readonly string[];
  /** Names these credentials without giving them away. */
  readonly hash: string;
}

const KWARGS = ['authority', 'additionally_allowed_tenants'];

/** Null, with a problem noted, when nobody could sign in with these. */
export function readCredentials(job: JsonObject, reader: JobReader): AciCredentials | null {
  const path = 'aci_credentials';
  const block = reader.object(job, path);
  if (!block) {
    return reader.problem(path, 'is missing. Choose an Azure Container Instance Credentials block for the work pool.');
  }
  const tenantId = reader.text(block, 'tenant_id', `${path}.tenant_id`);
  const clientId = reader.text(block, 'client_id', `${path}.client_id`);
  if (!tenantId || !clientId) {
    const missing = tenantId ? 'client_id' : 'tenant_id';
    return reader.problem(
      `${path}.${missing}`,
      'is missing. Store tenant_id and client_id of an app registration in the block, and its client_secret unless the app trusts this pushpool by a federated credential.',
    );
  }
  const kwargs = reader.object(block, 'credential_kwargs', `${path}.credential_kwargs`) ?? {};
  for (const name of Object.keys(kwargs)) {
    if (!KWARGS.includes(name)) {
      reader.problem(`${path}.credential_kwargs.${name}`, `is not supported; these are: ${KWARGS.join(', ')}.`);
    }
  }
  const authority = reader.text(kwargs, 'authority', `${path}.credential_kwargs.authority`);
  const tenants = reader.list(kwargs, 'additionally_allowed_tenants', `${path}.credential_kwargs.${KWARGS[1]}`) ?? [];
  return {
    tenantId,
    clientId,
    clientSecret: reader.text(block, 'client_secret', `${path}.client_secret`),
    authorityHost: authority && (authority.includes('://') ? authority : `https://${authority}`),
    additionallyAllowedTenants: tenants.map(String),
    hash: createHash('sha256').update(JSON.stringify(block)).digest('hex').slice(0, 12),
  };
}

/** True for a reference to a block that is not read yet: a pool's default. */
export const isReference = (job: JsonObject): boolean => {
  const block = job['aci_credentials'];
  return isJsonObject(block) && '$ref' in block;
};
