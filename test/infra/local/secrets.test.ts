import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyFileSecrets } from '../../../infra/local/secrets.ts';

describe('secrets under a key file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pushpool-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('come back with the same key and context alone', async () => {
    const path = join(folder, 'secret.key');
    const sealed = await keyFileSecrets(path).encrypt('größe', 'block/1');

    expect(await keyFileSecrets(path).decrypt(sealed, 'block/1')).toBe('größe');
    await expect(keyFileSecrets(path).decrypt(sealed, 'block/2')).rejects.toMatchObject({ code: 'undecryptable' });
    const other = keyFileSecrets(join(folder, 'other.key'));
    await expect(other.decrypt(sealed, 'block/1')).rejects.toMatchObject({ code: 'undecryptable' });
    await expect(other.decrypt('rubbish', 'block/1')).rejects.toMatchObject({ code: 'undecryptable' });
  });

  it('are signed the same each time, and only with the key', async () => {
    const secrets = keyFileSecrets(join(folder, 'secret.key'));

    expect(await secrets.sign('a')).toBe(await keyFileSecrets(join(folder, 'secret.key')).sign('a'));
    expect(await secrets.sign('a')).not.toBe(await keyFileSecrets(join(folder, 'other.key')).sign('a'));
  });

  it('lie in a file that only its owner reads', () => {
    keyFileSecrets(join(folder, 'secret.key'));

    expect(statSync(join(folder, 'secret.key')).mode & 0o777).toBe(0o600);
  });
});
