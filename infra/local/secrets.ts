import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { TerminalError } from '../../shared/domain/errors.ts';
import type { Secrets } from '../../shared/ports/secrets.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

/** Secrets under a key file, made at first use and readable by its owner alone: AES-256-GCM, and HMAC-SHA-256 for signing. */
export function keyFileSecrets(path: string): Secrets {
  const root = readOrMakeKey(path);
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', root, '', `pushpool ${purpose}`, KEY_BYTES));
  const encryptionKey = derive('encryption');
  const signingKey = derive('signing');
  return {
    async encrypt(plaintext, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', encryptionKey, nonce).setAAD(Buffer.from(context));
      const data = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return `${VERSION}:${Buffer.concat([nonce, cipher.getAuthTag(), data]).toString('base64')}`;
    },
    async decrypt(ciphertext, context) {
      const [version, text = ''] = ciphertext.split(':');
      const bytes = Buffer.from(text, 'base64');
      try {
        if (version !== VERSION) throw new Error(`unknown version ${version}`);
        const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
        const decipher = createDecipheriv('aes-256-gcm', encryptionKey, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(Buffer.from(context)).setAuthTag(tag);
        const data = bytes.subarray(NONCE_BYTES + TAG_BYTES);
        return Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8');
      } catch (error) {
        throw new TerminalError('undecryptable', 'A secret cannot be read with the key of this data folder.', {
          cause: error,
        });
      }
    },
    async sign(text) {
      return createHmac('sha256', signingKey).update(text).digest('base64url');
    },
  };
}

function readOrMakeKey(path: string): Buffer {
  if (!existsSync(path)) {
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600 });
    linkSync(fresh, path); // whole or not at all, and never over a key that is already there
    rmSync(fresh);
  }
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  if (key.length !== KEY_BYTES)
    throw new Error(`${path} is not a key of this program. Restore it from a copy of the data folder.`);
  return key;
}
