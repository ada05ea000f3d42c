import { createHash } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json/json.ts';
import type { JobReader } from '../parse.ts';

/** The `gcp-credentials` block, checked. */
export interface GcpCredentials {
  /** A service account's key, or the configuration of a workload identity federation, which holds no secret. */
  readonly info: JsonObject;
  readonly project: string;
  /** Names these credentials without giving them away. */
  readonly hash: string;
}

const PATH = 'credentials';
const TYPES: Readonly<Record<string, readonly string[]>> = {
  service_account: ['client_email', 'private_key'],
  external_account: ['audience', 'subject_token_type', 'token_url', 'credential_source'],
};

/** Null, with a problem noted, when nobody could sign in with these. */
export function readCredentials(job: JsonObject, reader: JobReader): GcpCredentials | null {
  const block = reader.object(job, PATH);
  if (!block) return reader.problem(PATH, 'is missing. Choose a GCP Credentials block for the work pool.');
  if (block['service_account_file']) {
    return reader.problem(
      `${PATH}.service_account_file`,
      'names a file that pushpool does not have. Put its contents into service_account_info.',
    );
  }
  const info = infoOf(block['service_account_info']);
  const path = `${PATH}.service_account_info`;
  if (!info) {
    return reader.problem(
      path,
      "must be the JSON of a service account's key or of a workload identity federation (type external_account).",
    );
  }
  const needed = TYPES[String(info['type'])];
  if (!needed) return reader.problem(`${path}.type`, 'must be service_account or external_account.');
  for (const field of needed) if (!info[field]) reader.problem(`${path}.${field}`, 'is missing.');
  const project = reader.text(block, 'project', `${PATH}.project`) ?? projectOf(info);
  if (!project)
    return reader.problem(`${PATH}.project`, 'is missing, and the key names none. Set `project` in the block.');
  const hash = createHash('sha256').update(JSON.stringify(block)).digest('hex').slice(0, 12);
  return { info, project, hash };
}

function infoOf(value: Json | undefined): JsonObject | null {
  if (isJsonObject(value)) return value;
  if (typeof value !== 'string') return null;
  try {
    const parsed: Json = JSON.parse(value);
    return isJsonObject(parsed) ? parsed : null;
  } catch {
    return null; // the caller says what it must be
  }
}

function projectOf(info: JsonObject): string | null {
  const project = info['project_id'] ?? info['quota_project_id'];
  return typeof project === 'string' && project !== '' ? project : null;
}
