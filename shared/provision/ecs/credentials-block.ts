import type { JsonObject } from '../../domain/json/json.ts';
import { earlier, type Resource, type StoredBlock } from '../resource.ts';
import { accessKeys, deleteKey, makeKey } from './access-key.ts';
import type { EcsContext } from './context.ts';
import { externalIdOf, type SubmitRole } from './submit-role.ts';

const BLOCK_TYPE = 'aws-credentials';

/** The user's key, or without one the role to assume, in a block of the pool. A key that could not be stored is deleted again. */
export const credentialsBlock: Resource<EcsContext, StoredBlock> = {
  id: 'credentials-block',
  applies: ({ withKey, foreignRole, removing = false }) => withKey || foreignRole !== null || removing,
  line: ({ names, withKey, removing }) =>
    withKey || removing
      ? `Storing generated AWS credentials in a block: ${names['block']}`
      : `Storing the role to assume, without a key, in a block: ${names['block']}`,
  progress: 'Creating AWS credentials block',
  permissions: ['iam:CreateAccessKey', 'iam:ListAccessKeys', 'iam:DeleteAccessKey'],
  find: ({ blocks, names }) => blocks.find(BLOCK_TYPE, names['block']!),
  async create(context) {
    const store = (data: JsonObject) =>
      context.blocks.create(BLOCK_TYPE, context.names['block']!, { ...data, region_name: context.region });
    if (!context.withKey) return store(roleToAssume(context));
    return withNewKey(context, store);
  },
  hasKey: (_, { data }) => typeof data['aws_access_key_id'] === 'string',
  async rotate(context, block) {
    const old = block.data['aws_access_key_id'] as string;
    const stored = await withNewKey(context, (data) => context.blocks.update(block, data), old);
    await deleteKey(context, old);
    return stored;
  },
  /** A block that somebody filled in by hand may have the name; what is in it tells. */
  async keptBecause(context, { data }) {
    const key = data['aws_access_key_id'];
    if (key === undefined) return null;
    const ours = (await accessKeys(context)).some((each) => each.AccessKeyId === key);
    return ours ? null : `it holds a key that is not of the user ${context.names['user']}`;
  },
  isOurs: () => true,
  /** Its key goes with it. */
  async remove(context, { id, data }) {
    if (typeof data['aws_access_key_id'] === 'string') await deleteKey(context, data['aws_access_key_id']);
    await context.blocks.remove(id);
  },
};

async function withNewKey(
  context: EcsContext,
  store: (data: JsonObject) => Promise<StoredBlock>,
  inUse: string | null = null,
): Promise<StoredBlock> {
  const { AccessKeyId, SecretAccessKey } = await makeKey(context, inUse);
  try {
    return await store({ aws_access_key_id: AccessKeyId!, aws_secret_access_key: SecretAccessKey! });
  } catch (error) {
    await deleteKey(context, AccessKeyId!);
    throw error;
  }
}

function roleToAssume(context: EcsContext): JsonObject {
  const role = earlier<SubmitRole>(context, 'submit-role');
  return { assume_role_arn: role.Arn!, assume_role_kwargs: { ExternalId: externalIdOf(role) } };
}
