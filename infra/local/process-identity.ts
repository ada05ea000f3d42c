import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** What tells a process from every other that ever had its pid: when it started, in the kernel's own words, and in which boot. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly boot: string;
  readonly started: string;
}

const HAS_PROC = existsSync('/proc/self/stat');

/** Null when no such process runs; one that has ended and only waits to be reaped does not run. */
export function identify(pid: number): ProcessIdentity | null {
  if (HAS_PROC) {
    try {
      return fromStat(pid, bootId(), readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch (error) {
      if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
      throw error;
    }
  }
  try {
    const [state = '', ...started] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
    })
      .trim()
      .split(/\s+/);
    return state === '' || state.startsWith('Z') ? null : { pid, boot: '', started: started.join(' ') };
  } catch {
    return null; // `ps` fails when there is no such process
  }
}

/** True while exactly this process runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now !== null && now.boot === identity.boot && now.started === identity.started;
}

/** The machine has not restarted since. */
export function isSameBoot(identity: ProcessIdentity): boolean {
  return identity.boot === (HAS_PROC ? bootId() : '');
}

/** Reads a line of /proc/<pid>/stat: the state is field 3, the start time (in ticks since boot) field 22; the name may hold anything. */
export function fromStat(pid: number, boot: string, stat: string): ProcessIdentity | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  return { pid, boot, started: fields[19] ?? '' };
}

let knownBootId: string | undefined;
function bootId(): string {
  knownBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return knownBootId;
}
