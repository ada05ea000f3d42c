import { isJsonObject, type JsonObject } from '../../domain/json/json.ts';
import { LostAnswer } from '../lost-answer.ts';
import type { Resource, StoredBlock } from '../resource.ts';
import { untilAccepted } from '../until-accepted.ts';
import { type CloudRunContext, google, submitter } from './context.ts';
import { POOL_ID, providerId } from './workload-identity.ts';

const BLOCK_TYPE = 'gcp-credentials';

/** The submitter's key, or without one the way to its token, in a block of the pool. A key that could not be stored is deleted again. */
export const credentialsBlock: Resource<CloudRunContext, StoredBlock> = {
  id: 'credentials-block',
  line: ({ names, awsRole }) =>
    `Storing ${awsRole ? 'the credentials, without a key,' : 'a service account key'} in a block: ${names['block']}`,
  progress: 'Creating GCP credentials block',
  permissions: ['iam.serviceAccountKeys.create', 'iam.serviceAccountKeys.list', 'iam.serviceAccountKeys.delete'],
  find: ({ blocks, names }) => blocks.find(BLOCK_TYPE, names['block']!),
  async create(context) {
    const store = (info: JsonObject) =>
      context.blocks.create(BLOCK_TYPE, context.names['block']!, {
        service_account_info: info,
        project: context.projectId,
      });
    return context.awsRole ? store(externalAccount(context)) : withNewKey(context, store);
  },
  hasKey: (_, block) => infoOf(block)['type'] === 'service_account',
  async rotate(context, block) {
    const stored = await withNewKey(context, (info) => context.blocks.update(block, { service_account_info: info }));
    await deleteKey(context, infoOf(block));
    return stored;
  },
  isOurs: () => true,
  /** A block that somebody filled in by hand may have the name; what is in it tells. */
  async keptBecause(context, block) {
    const { client_email, service_account_impersonation_url: url } = infoOf(block);
    if (client_email === submitter(context) || String(url).includes(`/${submitter(context)}:`)) return null;
    return `it does not hold the credentials of ${submitter(context)}, as far as your API key shows`;
  },
  /** Its key goes with it. */
  async remove(context, block) {
    await deleteKey(context, infoOf(block));
    await context.blocks.remove(block.id);
  },
};

function infoOf({ data }: StoredBlock): JsonObject {
  const info = data['service_account_info'];
  return isJsonObject(info) ? info : {};
}

const keys = (context: CloudRunContext): string =>
  `/v1/projects/${context.projectId}/serviceAccounts/${submitter(context)}/keys`;

async function withNewKey(
  context: CloudRunContext,
  store: (info: JsonObject) => Promise<StoredBlock>,
): Promise<StoredBlock> {
  const before = await keyNames(context).catch(() => null);
  const key = await google(context, 'iam', keys(context), { method: 'POST', body: {} }).catch(async (error) => {
    // a key whose answer was lost is one that nobody can use
    if (error instanceof LostAnswer && before !== null) {
      const unknown = (await keyNames(context)).filter((name) => !before.includes(name));
      for (const name of unknown) await google(context, 'iam', `/v1/${name}`, { method: 'DELETE' });
    }
    throw error;
  });
  const info = JSON.parse(Buffer.from(key.privateKeyData, 'base64').toString()) as JsonObject;
  try {
    await untilAccepted(context, () => context.tryKey(info));
    return await store(info);
  } catch (error) {
    await google(context, 'iam', `/v1/${key.name}`, { method: 'DELETE' });
    throw error;
  }
}

async function keyNames(context: CloudRunContext): Promise<string[]> {
  const answer = await google(context, 'iam', `${keys(context)}?keyTypes=USER_MANAGED`);
  return (answer?.keys ?? []).map(({ name }: { name: string }) => name);
}

/** Safe to repeat. */
async function deleteKey(context: CloudRunContext, { client_email, private_key_id: id }: JsonObject): Promise<void> {
  if (client_email !== submitter(context) || typeof id !== 'string') return;
  await google(context, 'iam', `${keys(context)}/${id}`, { method: 'DELETE' });
}

/** Google's own format for credentials that another cloud's identity stands for. */
function externalAccount(context: CloudRunContext): JsonObject {
  const provider = `projects/${context.found.get('project-number')}/locations/global/workloadIdentityPools/${POOL_ID}/providers/${providerId(context)}`;
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
