import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, mkdirSync, openSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TerminalError, TransientError } from '../../../shared/domain/errors.ts';
import type { Ref, Submitted } from '../../../shared/targets/target.ts';
import { type AttemptFolder, type Claim, filesOf, readClaim } from './attempt-folder.ts';
import type { ProcessJob } from './job.ts';
import { WRAPPER } from './wrapper.ts';

const CLAIM_TIMEOUT_MS = 10_000;
const CLAIM_POLL_MS = 2;

/** What `submit` hands to the watcher besides its answer. `child` is null when the process was there already. */
export interface Spawned {
  readonly submitted: Submitted;
  readonly child: ChildProcess | null;
}

/**
 * Look, create, adopt: the attempt's `pid` file says whether its process was ever started. If run twice, or again after a
 * `kill -9` at any point, at most one command is ever started: the wrapper claims the attempt by creating the file.
 * Throws `TerminalError('config')` when the command or its folder is not there, `TransientError` when no process can be made.
 */
export async function submitProcess(job: ProcessJob, folder: AttemptFolder): Promise<Spawned> {
  const before = readClaim(folder);
  if (before) return { submitted: submitted(folder, before, true), child: null };
  const files = filesOf(folder);
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  const workingDir = workingFolder(job, files.work);
  checkCommand(job, workingDir);
  writeFileSync(
    files.intent,
    JSON.stringify({ command: job.command, name: job.name, stream_output: job.streamOutput }),
    {
      mode: 0o600,
    },
  );
  const child = await spawnWrapper(job, folder, workingDir, files.output);
  const claim = await claimed(folder, child);
  const ours = claim.process?.pid === child.pid;
  return { submitted: submitted(folder, claim, !ours), child: ours ? child : null };
}

function submitted(folder: AttemptFolder, claim: Claim, adopted: boolean): Submitted {
  return { ref: refOf(folder, claim), adopted, warnings: [] };
}

/** The pid as Prefect's process worker writes it: `{hostname}:{pid}`. */
export function refOf({ at }: AttemptFolder, claim: Claim): Ref {
  return {
    pid: `${hostname()}:${claim.process?.pid ?? 0}`,
    key: { flow_run_id: at.flowRunId, attempt: String(at.attempt) },
  };
}

function spawnWrapper(job: ProcessJob, { path }: AttemptFolder, cwd: string, output: string): Promise<ChildProcess> {
  const file = openSync(output, 'a', 0o600);
  return new Promise<ChildProcess>((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', WRAPPER, 'pushpool-run', path, ...job.command], {
      cwd,
      env: job.env,
      detached: true, // its own process group, and it lives on without the home
      stdio: ['ignore', file, file],
    });
    child.once('spawn', () => resolve(child));
    child.once('error', (cause) =>
      reject(new TransientError('spawn', `No process could be started: ${cause.message}.`, { cause })),
    );
  }).finally(() => closeSync(file));
}

/** Waits the few milliseconds until the wrapper, or one before it, has claimed the attempt. */
async function claimed(folder: AttemptFolder, child: ChildProcess): Promise<Claim> {
  child.unref();
  for (const startMs = Date.now(); Date.now() - startMs < CLAIM_TIMEOUT_MS; ) {
    const claim = readClaim(folder);
    if (claim) return claim;
    await sleep(CLAIM_POLL_MS);
  }
  throw new TransientError('spawn', 'The started process did not say who it is within 10 seconds.');
}

function workingFolder(job: ProcessJob, ownFolder: string): string {
  if (job.workingDir === null) {
    mkdirSync(ownFolder, { recursive: true, mode: 0o700 });
    return ownFolder;
  }
  if (!statSync(job.workingDir, { throwIfNoEntry: false })?.isDirectory()) {
    throw new TerminalError(
      'config',
      `The working directory ${job.workingDir} does not exist on this machine. Check the job variable 'working_dir'.`,
    );
  }
  return job.workingDir;
}

/** A missing command is told before anything starts, in better words than a shell's. */
function checkCommand(job: ProcessJob, workingDir: string): void {
  const [command = ''] = job.command;
  const places = command.includes('/')
    ? [isAbsolute(command) ? command : join(workingDir, command)]
    : (job.env['PATH'] ?? '/usr/bin:/bin').split(delimiter).map((folder) => join(folder || workingDir, command));
  if (places.some(isExecutable)) return;
  const where = command.includes('/') ? '' : ` in PATH (${job.env['PATH'] ?? ''})`;
  throw new TerminalError(
    'config',
    `The command "${command}" was not found${where}. Install it where this home runs, or set the job variable 'command'.`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // not there, or not for us: the next folder of PATH
  }
}
