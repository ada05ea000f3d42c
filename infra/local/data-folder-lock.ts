import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

/** The folder is in use; the message says by whom and what to do. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';
}

/**
 * Takes the data folder for this process, making it when it is not there. A lock whose process is gone (`kill -9`) is taken
 * over. Throws `DataFolderInUse`. LevelDB's own kernel lock stands behind it, should two homes start in the same instant.
 */
export function lockDataFolder(folder: string): { release(): void } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'home.lock');
  const mine = JSON.stringify(identify(process.pid));
  for (let attempt = 1; ; attempt++) {
    try {
      writeFileSync(path, mine, { flag: 'wx', mode: 0o600 });
      return { release: () => rmSync(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = readOwner(path);
      if ((owner && isAlive(owner)) || attempt > 3) {
        throw new DataFolderInUse(
          `Another pushpool${owner ? ` (process ${owner.pid})` : ''} uses the data folder ${folder}. Stop it, or choose another folder with --data.`,
        );
      }
      rmSync(path, { force: true });
    }
  }
}

function readOwner(path: string): ProcessIdentity | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return null; // released or cut off in the writing: nobody holds it
  }
}
