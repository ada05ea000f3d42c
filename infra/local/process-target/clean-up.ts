import { existsSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasEnded } from '../../../shared/targets/target.ts';
import { type AttemptFolder, attemptFolder, filesOf } from './attempt-folder.ts';
import { describeProcess } from './describe.ts';

/**
 * Removes what the attempt needed to run. Its output and the fact that it ran stay until `sweepOldAttempts`: the output for
 * whoever asks why, the fact so that no late submission starts it again.
 */
export function cleanUpProcess(folder: AttemptFolder): 'done' | 'later' {
  if (!existsSync(folder.path)) return 'done';
  if (!hasEnded(describeProcess(folder))) return 'later';
  const { work, cleaned } = filesOf(folder);
  rmSync(work, { recursive: true, force: true });
  if (!existsSync(cleaned)) writeFileSync(cleaned, '');
  return 'done';
}

/** All attempts that have a folder. */
export function* attemptFolders(runsFolder: string): Generator<AttemptFolder> {
  if (!existsSync(runsFolder)) return;
  for (const flowRunId of readdirSync(runsFolder)) {
    for (const attempt of readdirSync(join(runsFolder, flowRunId))) {
      yield attemptFolder(runsFolder, { flowRunId, attempt: Number(attempt) });
    }
  }
}

/** Removes the folders of attempts that were cleaned up before `beforeMs`. */
export function sweepOldAttempts(runsFolder: string, beforeMs: number): number {
  let removed = 0;
  for (const folder of attemptFolders(runsFolder)) {
    const cleanedAtMs = statSync(filesOf(folder).cleaned, { throwIfNoEntry: false })?.mtimeMs;
    if (cleanedAtMs === undefined || cleanedAtMs >= beforeMs) continue;
    rmSync(folder.path, { recursive: true, force: true });
    const run = join(folder.path, '..');
    if (readdirSync(run).length === 0) rmdirSync(run);
    removed += 1;
  }
  return removed;
}
