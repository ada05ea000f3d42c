import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

export interface ProcessLock {
  release(): void;
}

/** Who holds a lock that could not be taken; null when it changes hands too fast to tell. */
export interface Held {
  readonly by: ProcessIdentity | null;
}

/** Takes a file for this process, in a folder that is there. A lock whose process is gone (`kill -9`) is taken over. */
export function takeLock(path: string): ProcessLock | Held {
  const mine = JSON.stringify(identify(process.pid));
  for (let attempt = 1; ; attempt++) {
    try {
      writeFileSync(path, mine, { flag: 'wx', mode: 0o600 });
      return { release: () => rmSync(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = readOwner(path);
      if ((owner && isAlive(owner)) || attempt > 3) return { by: owner };
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
