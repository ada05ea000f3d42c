import { writeFileSync } from 'node:fs';
import { hasEnded } from '../../../shared/targets/target.ts';
import { type Alarm, setAlarm } from '../alarm.ts';
import { isAlive } from '../process-identity.ts';
import { type AttemptFolder, filesOf, isThere, readClaim, readStop } from './attempt-folder.ts';
import { describeProcess } from './describe.ts';

/**
 * Marks the attempt as stopped and sends SIGTERM to its process group; `killAfter` then sees to the SIGKILL. A wrapper that has
 * not started its command yet finds the mark and never does. May be called twice: the grace runs from the first call.
 */
export function stopProcess(folder: AttemptFolder, why: string): 'stopping' | 'already-stopped' | 'not-found' {
  if (!isThere(folder.path)) return 'not-found';
  const claim = readClaim(folder);
  if (claim && hasEnded(describeProcess(folder))) return 'already-stopped';
  if (!readStop(folder)) {
    writeFileSync(filesOf(folder).stop, JSON.stringify({ why, atMs: Date.now() }), { mode: 0o600 });
  }
  signalGroup(folder, 'SIGTERM');
  return claim ? 'stopping' : 'not-found';
}

/** Kills what a stop has not ended after the grace; null when nobody asked for a stop. */
export function killAfter(folder: AttemptFolder, graceSeconds: number): Alarm | null {
  const stop = readStop(folder);
  return stop && setAlarm(stop.atMs + graceSeconds * 1000, () => signalGroup(folder, 'SIGKILL'));
}

/** Only while its leader is exactly the process that claimed the attempt: a pid may long be somebody else's. */
function signalGroup(folder: AttemptFolder, signal: NodeJS.Signals): void {
  const leader = readClaim(folder)?.process;
  if (!leader || !isAlive(leader)) return;
  try {
    process.kill(-leader.pid, signal);
  } catch (error) {
    // ended between the look and the signal
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
