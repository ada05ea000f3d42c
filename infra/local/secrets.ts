import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { TerminalError } from '../../shared/domain/errors.ts';
import type { Secrets } from '../../shared/ports/secrets.ts';
import { KEY_BYTES, rootKeySecrets } from '../../shared/secrets/envelope-encryption.ts';

/** Secrets under a key file, made at first use and readable by its owner alone: AES-256-GCM, and HMAC-SHA-256 for signing. */
export function keyFileSecrets(path: string): Secrets {
  return rootKeySecrets(readOrMakeKey(path));
}

function readOrMakeKey(path: string): Buffer {
  if (!existsSync(path)) makeKey(path);
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  if (key.length === KEY_BYTES) return key;
  const message = `${path} is not a key of this program. Restore it from a copy of the data folder.`;
  throw new TerminalError('key-file', message);
}

/** Whole or not at all, and never over a key that is already there: a second process may be doing the same. */
function makeKey(path: string): void {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600 });
  try {
    linkSync(fresh, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
}
