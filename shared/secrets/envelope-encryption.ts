import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { TerminalError } from '../domain/errors.ts';
import type { Secrets } from '../ports/secrets.ts';

/** The length of a root key. */
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

/**
 * What both homes do with their root key: AES-256-GCM with the context as associated data, HMAC-SHA-256 for tags, each under
 * a key of its own. A text reads `v1:<base64 of nonce, tag, data>`, so that another way can follow one day.
 */
export function envelopeEncryption(rootKey: Uint8Array): {
  encrypt(plaintext: string, context: string): string;
  decrypt(ciphertext: string, context: string): string;
  sign(text: string): string;
} {
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', rootKey, '', `pushpool ${purpose}`, KEY_BYTES));
  const encryptionKey = derive('encryption');
  const signingKey = derive('signing');
  return {
    encrypt(plaintext, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', encryptionKey, nonce).setAAD(Buffer.from(context));
      const data = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return `${VERSION}:${Buffer.concat([nonce, cipher.getAuthTag(), data]).toString('base64')}`;
    },
    decrypt(ciphertext, context) {
      const [version, text = ''] = ciphertext.split(':');
      try {
        if (version !== VERSION) throw new Error(`unknown version ${version}`);
        return open(Buffer.from(text, 'base64'), encryptionKey, context);
      } catch (error) {
        throw new TerminalError('undecryptable', 'A secret cannot be read with the key of this installation.', {
          cause: error,
        });
      }
    },
    sign: (text) => createHmac('sha256', signingKey).update(text).digest('base64url'),
  };
}

/** The `Secrets` port over a root key that is at hand. */
export function rootKeySecrets(rootKey: Uint8Array): Secrets {
  const envelope = envelopeEncryption(rootKey);
  return {
    encrypt: async (plaintext, context) => envelope.encrypt(plaintext, context),
    decrypt: async (ciphertext, context) => envelope.decrypt(ciphertext, context),
    sign: async (text) => envelope.sign(text),
  };
}

function open(bytes: Buffer, key: Buffer, context: string): string {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const data = bytes.subarray(NONCE_BYTES + TAG_BYTES);
  return Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8');
}
