import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataFolder } from '../../../infra/local/data-folder-lock.ts';
import { identify } from '../../../infra/local/process-identity.ts';

describe("the data folder's lock", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pushpool-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('refuses a second home while the first lives, and names it', () => {
    const lock = lockDataFolder(join(folder, 'new'));

    expect(() => lockDataFolder(join(folder, 'new'))).toThrow(new RegExp(`process ${process.pid}\\).*--data`));
    lock.release();
    lockDataFolder(join(folder, 'new')).release();
  });

  it('is taken over from a home that was killed, also when its pid is used again', () => {
    for (const owner of [
      '',
      '{',
      JSON.stringify({ ...identify(process.pid), started: '1' }),
      JSON.stringify({ pid: 4194303, boot: 'x', started: '1' }),
    ]) {
      writeFileSync(join(folder, 'home.lock'), owner);
      lockDataFolder(folder).release();
    }
  });
});
