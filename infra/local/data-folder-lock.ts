import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ProcessLock, takeLock } from './process-lock.ts';

/** The folder is in use; the message says by whom and what to do. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';
}

/**
 * Takes the data folder for this process, making it when it is not there. Throws `DataFolderInUse`. LevelDB's own kernel lock
 * stands behind it, should two homes start in the same instant.
 */
export function lockDataFolder(folder: string): ProcessLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = takeLock(join(folder, 'home.lock'));
  if ('release' in lock) return lock;
  throw new DataFolderInUse(
    `Another pushpool${lock.by ? ` (process ${lock.by.pid})` : ''} uses the data folder ${folder}. Stop it, or choose another folder with --data.`,
  );
}
