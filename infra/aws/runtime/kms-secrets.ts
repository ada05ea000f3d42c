import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { ConflictError, TerminalError } from '../../../shared/domain/errors.ts';
import type { Secrets } from '../../../shared/ports/secrets.ts';
import { envelopeEncryption, KEY_BYTES } from '../../../shared/secrets/envelope-encryption.ts';
import { keys } from '../../../shared/store/keys.ts';
import type { Table } from '../../../shared/store/table.ts';
import { awsError } from './aws-errors.ts';

/** The root key as it lies in the table: only KMS can unwrap it. */
interface WrappedKey {
  /** Base64. */
  wrapped: string;
}

/** Rule 26: KMS is asked once per process and five minutes. A key that was disabled stops working after this. */
const CACHE_SECONDS = 300;
const KEY = keys.setting('data-key');
/** Wrapped keys of other stacks or purposes do not unwrap here. */
const ENCRYPTION_CONTEXT = { purpose: 'pushpool data key' };

/**
 * Secrets under a data key that KMS made and the table keeps wrapped. The first process to need it creates it; of two that
 * do so at once, one wins and the other reads the winner's. Throws `TransientError` while KMS or the table do not answer,
 * `TerminalError('undecryptable')` when key or context differ.
 */
export function kmsSecrets(
  client: KMSClient,
  keyId: string,
  table: Table,
  now: () => Date = () => new Date(),
): Secrets {
  let cached: { envelope: Promise<ReturnType<typeof envelopeEncryption>>; until: number } | undefined;

  const envelope = () => {
    if (cached && cached.until > now().getTime()) return cached.envelope;
    const loading = rootKey(client, keyId, table).then(envelopeEncryption);
    const entry = { envelope: loading, until: now().getTime() + CACHE_SECONDS * 1000 };
    cached = entry;
    loading.catch(() => {
      if (cached === entry) cached = undefined; // the next call asks again; the error went to those who waited
    });
    return loading;
  };

  return {
    encrypt: async (plaintext, context) => (await envelope()).encrypt(plaintext, context),
    decrypt: async (ciphertext, context) => (await envelope()).decrypt(ciphertext, context),
    sign: async (text) => (await envelope()).sign(text),
  };
}

async function rootKey(client: KMSClient, keyId: string, table: Table): Promise<Uint8Array> {
  const stored = await table.get<WrappedKey>(KEY);
  if (stored) return unwrap(client, keyId, stored.doc);
  const made = await client
    .send(
      new GenerateDataKeyCommand({
        KeyId: keyId,
        NumberOfBytes: KEY_BYTES,
        EncryptionContext: ENCRYPTION_CONTEXT,
      }),
    )
    .catch((error: unknown) => {
      throw awsError(error, 'GenerateDataKey');
    });
  if (!made.CiphertextBlob || !made.Plaintext) throw new TerminalError('kms', 'KMS made a data key without content.');
  try {
    const doc = { wrapped: Buffer.from(made.CiphertextBlob).toString('base64') };
    await table.create<WrappedKey>({ key: KEY, doc });
    return made.Plaintext;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const winner = await table.get<WrappedKey>(KEY);
    if (!winner) throw error;
    return unwrap(client, keyId, winner.doc);
  }
}

async function unwrap(client: KMSClient, keyId: string, { wrapped }: WrappedKey): Promise<Uint8Array> {
  const CiphertextBlob = Buffer.from(wrapped, 'base64');
  const answer = await client
    .send(new DecryptCommand({ CiphertextBlob, KeyId: keyId, EncryptionContext: ENCRYPTION_CONTEXT }))
    .catch((error: unknown) => {
      throw awsError(error, 'Decrypt');
    });
  if (!answer.Plaintext) throw new TerminalError('kms', 'KMS unwrapped the data key to nothing.');
  return answer.Plaintext;
}
