import {
  type AccessKey,
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import { TerminalError } from '../../domain/errors.ts';
import type { Resource } from '../resource.ts';
import { type EcsContext, unless } from './context.ts';
import { GONE } from './iam-user.ts';

const BLOCK_TYPE = 'aws-credentials';
/** AWS allows a user two keys. */
const KEYS_ALLOWED = 2;

/** The user's key, stored in a block of the pool. A key that could not be stored is deleted again. */
export const credentialsBlock: Resource<EcsContext, { readonly id: string }> = {
  id: 'credentials-block',
  applies: ({ withKey }) => withKey,
  line: ({ names }) => `Storing generated AWS credentials in a block: ${names['block']}`,
  progress: 'Creating AWS credentials block',
  permissions: ['iam:CreateAccessKey', 'iam:ListAccessKeys', 'iam:DeleteAccessKey'],
  find: ({ blocks, names }) => blocks.find(BLOCK_TYPE, names['block']!),
  async create(context) {
    const key = await makeKey(context);
    const data = {
      aws_access_key_id: key.AccessKeyId!,
      aws_secret_access_key: key.SecretAccessKey!,
      region_name: context.region,
    };
    try {
      return await context.blocks.create(BLOCK_TYPE, context.names['block']!, data);
    } catch (error) {
      await deleteKey(context, key.AccessKeyId!);
      throw error;
    }
  },
  /** The block's name carries the pool's unless a person chose it; its removal takes the user's keys along. */
  isOurs: () => true,
  async remove(context, block) {
    const answer = await unless(GONE, () =>
      context.iam.send(new ListAccessKeysCommand({ UserName: context.names['user'] })),
    );
    for (const { AccessKeyId } of answer?.AccessKeyMetadata ?? []) await deleteKey(context, AccessKeyId!);
    await context.blocks.remove(block.id);
  },
};

async function makeKey({ iam, names }: EcsContext): Promise<AccessKey> {
  const UserName = names['user'];
  const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
  if (AccessKeyMetadata.length >= KEYS_ALLOWED) {
    const ids = AccessKeyMetadata.map(({ AccessKeyId }) => AccessKeyId).join(' and ');
    throw new TerminalError(
      'too-many-keys',
      `The IAM user ${UserName} has its two access keys already (${ids}), and their secrets cannot be read again. Delete one that nothing uses, or choose another user name`,
    );
  }
  return (await iam.send(new CreateAccessKeyCommand({ UserName }))).AccessKey!;
}

async function deleteKey({ iam, names }: EcsContext, AccessKeyId: string): Promise<void> {
  await unless(GONE, () => iam.send(new DeleteAccessKeyCommand({ UserName: names['user'], AccessKeyId })));
}
