import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Ends every process that `container-cli.cjs` started below this folder and that still runs. May be called twice. */
export function endContainers(folder: string): void {
  for (const id of readdirSync(folder)) {
    const pid = Number(textOf(path.join(folder, id, 'pid')));
    if (pid > 0 && textOf(path.join(folder, id, 'exit')) === '') kill(pid);
  }
}

function kill(processGroup: number): void {
  try {
    process.kill(-processGroup, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has ended by itself
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return ''; // not written: not started, or not ended
  }
}
