import type { JsonObject } from '../../domain/json.ts';
import type { Resource } from '../resource.ts';
import { type CloudRunContext, google, submitter } from './context.ts';
import { POOL_ID, PROVIDER_ID } from './workload-identity.ts';

const BLOCK_TYPE = 'gcp-credentials';

/** The submitter's key, or without one the way to its token, in a block of the pool. A key that could not be stored is deleted again. */
export const credentialsBlock: Resource<CloudRunContext, { readonly id: string }> = {
  id: 'credentials-block',
  line: ({ names, awsRole }) =>
    `Storing ${awsRole ? 'the credentials, without a key,' : 'a service account key'} in a block: ${names['block']}`,
  progress: 'Creating GCP credentials block',
  permissions: ['iam.serviceAccountKeys.create', 'iam.serviceAccountKeys.delete'],
  find: ({ blocks, names }) => blocks.find(BLOCK_TYPE, names['block']!),
  async create(context) {
    const store = (info: JsonObject) =>
      context.blocks.create(BLOCK_TYPE, context.names['block']!, {
        service_account_info: info,
        project: context.projectId,
      });
    if (context.awsRole) return store(externalAccount(context));
    const account = `/v1/projects/${context.projectId}/serviceAccounts/${submitter(context)}`;
    const key = await google(context, 'iam', `${account}/keys`, { method: 'POST', body: {} });
    try {
      return await store(JSON.parse(Buffer.from(key.privateKeyData, 'base64').toString()));
    } catch (error) {
      await google(context, 'iam', `/v1/${key.name}`, { method: 'DELETE' });
      throw error;
    }
  },
  isOurs: () => true,
  remove: (context, { id }) => context.blocks.remove(id),
};

/** Google's own format for credentials that another cloud's identity stands for. */
function externalAccount(context: CloudRunContext): JsonObject {
  const provider = `projects/${context.found.get('project-number')}/locations/global/workloadIdentityPools/${POOL_ID}/providers/${PROVIDER_ID}`;
  return {
    type: 'external_account',
    audience: `//iam.googleapis.com/${provider}`,
    subject_token_type: 'urn:ietf:params:aws:token-type:aws4_request',
    token_url: 'https://sts.googleapis.com/v1/token',
    service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${submitter(context)}:generateAccessToken`,
    credential_source: {
      environment_id: 'aws1',
      regional_cred_verification_url: 'https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15',
    },
  };
}
