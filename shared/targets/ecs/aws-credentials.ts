import { isJsonObject, type JsonObject } from '../../domain/json/json.ts';
import type { JobReader } from '../parse.ts';

/** Prefect's `aws-credentials` block as far as a server can use it; all empty means the role that pushpool itself runs under. */
export interface AwsCredentials {
  readonly accessKeyId: string | null;
  readonly secretAccessKey: string | null;
  readonly sessionToken: string | null;
  readonly region: string | null;
  readonly endpoint: string | null;
  readonly maxAttempts: number | null;
  readonly assumeRole: { readonly arn: string; readonly options: JsonObject } | null;
}

export function readCredentials(read: JobReader, job: JsonObject): AwsCredentials {
  const block = read.object(job, 'aws_credentials') ?? {};
  const at = (field: string) => `aws_credentials.${field}`;
  const text = (field: string) => read.text(block, field, at(field));
  const parameters = read.object(block, 'aws_client_parameters', at('aws_client_parameters')) ?? {};
  checkTransport(read, parameters, at('aws_client_parameters'));
  if (text('profile_name')) {
    read.problem(at('profile_name'), 'cannot be used: there are no profiles here. Give keys or assume_role_arn.');
  }
  const accessKeyId = text('aws_access_key_id');
  const secretAccessKey = text('aws_secret_access_key');
  if (Boolean(accessKeyId) !== Boolean(secretAccessKey)) {
    read.problem(
      at(accessKeyId ? 'aws_secret_access_key' : 'aws_access_key_id'),
      'is missing: an access key has both parts. Leave both out to use the role of pushpool itself.',
    );
  }
  const config = read.object(parameters, 'config', at('aws_client_parameters.config')) ?? {};
  const retries = isJsonObject(config['retries']) ? config['retries'] : {};
  const arn = text('assume_role_arn');
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: text('aws_session_token'),
    region: text('region_name'),
    endpoint: read.text(parameters, 'endpoint_url', at('aws_client_parameters.endpoint_url')),
    maxAttempts: read.number(retries, 'max_attempts', at('aws_client_parameters.config.retries.max_attempts')),
    assumeRole: arn ? { arn, options: read.object(block, 'assume_role_kwargs', at('assume_role_kwargs')) ?? {} } : null,
  };
}

/** Requests go over TLS, to certificates that everybody trusts; an address of one's own says by itself how. */
function checkTransport(read: JobReader, parameters: JsonObject, path: string): void {
  if (parameters['verify'] === false) {
    read.problem(`${path}.verify`, 'must not be false: pushpool checks certificates.');
  }
  for (const field of ['verify', 'verify_cert_path']) {
    if (typeof parameters[field] === 'string' && parameters[field] !== '')
      read.problem(`${path}.${field}`, 'names a file that pushpool does not have.');
  }
  if (parameters['use_ssl'] === false && !parameters['endpoint_url']) {
    read.problem(`${path}.use_ssl`, 'must not be false without an endpoint_url: AWS is asked over TLS.');
  }
}
