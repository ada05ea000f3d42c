import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AttemptId, Ref } from '../../../shared/targets/target.ts';
import { fromStat, type ProcessIdentity } from '../process-identity.ts';

/** A `pid` file that is still empty after this was left by a wrapper that was killed in the act. */
const CLAIM_WRITE_MS = 5000;
const RUN_ID = /^[0-9a-f-]{36}$/i;

/** One attempt's folder: everything known of its process, all of it on disk. */
export interface AttemptFolder {
  readonly at: AttemptId;
  readonly path: string;
}

export interface Claim {
  /** Null when the wrapper was killed before it could write who it is. */
  readonly process: ProcessIdentity | null;
}

export interface StopMark {
  readonly why: string;
  readonly atMs: number;
}

/** DATA/runs/<flow run>/<attempt>: a pure function of both. */
export function attemptFolder(runsFolder: string, at: AttemptId): AttemptFolder {
  if (!RUN_ID.test(at.flowRunId)) throw new Error(`Not a flow run id: ${at.flowRunId}`);
  return { at, path: join(runsFolder, at.flowRunId, String(at.attempt)) };
}

export function folderOf(runsFolder: string, ref: Ref): AttemptFolder {
  return attemptFolder(runsFolder, {
    flowRunId: ref.key['flow_run_id'] ?? '',
    attempt: Number(ref.key['attempt']),
  });
}

export const filesOf = ({ path }: AttemptFolder) => ({
  intent: join(path, 'intent.json'),
  pid: join(path, 'pid'),
  stop: join(path, 'stop'),
  exit: join(path, 'exit'),
  reported: join(path, 'reported'),
  cleaned: join(path, 'cleaned'),
  output: join(path, 'output.log'),
  times: join(path, 'output.times'),
  work: join(path, 'work'),
});

/** Who runs the attempt; null while nobody does. */
export function readClaim(folder: AttemptFolder): Claim | null {
  const { pid: path } = filesOf(folder);
  const text = readIfThere(path);
  if (text === null) return null;
  const [pid = '', boot = '', started = '', end] = text.split('\n');
  if (end === undefined) return Date.now() - statSync(path).mtimeMs > CLAIM_WRITE_MS ? { process: null } : null;
  if (started.includes(')')) return { process: fromStat(Number(pid), boot, started) };
  return { process: { pid: Number(pid), boot, started: started.trim().replaceAll(/\s+/g, ' ') } };
}

/** The exit code as a shell tells it (128 + signal), once the command has ended. */
export function readExit(folder: AttemptFolder): number | null {
  const text = readIfThere(filesOf(folder).exit);
  return text?.endsWith('\n') ? Number(text) : null;
}

export function readStop(folder: AttemptFolder): StopMark | null {
  const text = readIfThere(filesOf(folder).stop);
  return text ? (JSON.parse(text) as StopMark) : null;
}

export const isThere = existsSync;

export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
