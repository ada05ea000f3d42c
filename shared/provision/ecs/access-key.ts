import {
  type AccessKey,
  type AccessKeyMetadata,
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import { TerminalError } from '../../domain/errors.ts';
import { LostAnswer } from '../lost-answer.ts';
import { untilAccepted } from '../until-accepted.ts';
import { type EcsContext, unless } from './context.ts';
import { GONE } from './iam-user.ts';

/** AWS allows a user two keys. */
const KEYS_ALLOWED = 2;
/** A key that was just made may not show at once. */
const SECONDS_UNTIL_SHOWN = 5;

/** The keys of the user whose key submits runs; none when there is no such user. */
export async function accessKeys({ iam, names }: EcsContext): Promise<readonly AccessKeyMetadata[]> {
  const command = new ListAccessKeysCommand({ UserName: names['user'] });
  return (await unless(GONE, () => iam.send(command)))?.AccessKeyMetadata ?? [];
}

/** A new key of the user, which AWS accepts already. `inUse` is the key that it is to replace. Throws when the user has its two keys. */
export async function makeKey(context: EcsContext, inUse: string | null = null): Promise<AccessKey> {
  const UserName = context.names['user'];
  const there = await accessKeys(context);
  if (there.length >= KEYS_ALLOWED) {
    const ids = there.map(({ AccessKeyId }) => AccessKeyId!);
    const advice = ids.includes(inUse ?? '')
      ? `The pool uses ${inUse}: delete ${ids.find((id) => id !== inUse)} when nothing uses it`
      : 'Delete one that nothing uses, or choose another user name';
    throw new TerminalError(
      'too-many-keys',
      `The IAM user ${UserName} has its two access keys already (${ids.join(' and ')}), and their secrets cannot be read again. ${advice}`,
    );
  }
  const key = (
    await context.iam.send(new CreateAccessKeyCommand({ UserName })).catch(async (error) => {
      if (error instanceof LostAnswer) await forgetSecretless(context, there);
      throw error;
    })
  ).AccessKey!;
  const pair = { accessKeyId: key.AccessKeyId!, secretAccessKey: key.SecretAccessKey! };
  await untilAccepted(context, () => context.tryKey(pair)).catch(async (error) => {
    await deleteKey(context, pair.accessKeyId);
    throw error;
  });
  return key;
}

/** A key whose answer was lost has a secret that nobody knows: it goes, so that the next one finds room. */
async function forgetSecretless(context: EcsContext, before: readonly AccessKeyMetadata[]): Promise<void> {
  await context.sleep(SECONDS_UNTIL_SHOWN);
  for (const { AccessKeyId } of await accessKeys(context)) {
    if (!before.some((key) => key.AccessKeyId === AccessKeyId)) await deleteKey(context, AccessKeyId!);
  }
}

/** Safe to repeat. */
export async function deleteKey({ iam, names }: EcsContext, AccessKeyId: string): Promise<void> {
  await unless(GONE, () => iam.send(new DeleteAccessKeyCommand({ UserName: names['user'], AccessKeyId })));
}
