import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, createWriteStream, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { endContainers } from './containers.ts';

export interface Emulator {
  /** `http://127.0.0.1:{port}`: every AWS service answers there. */
  readonly endpoint: string;
  /** What an AWS client needs in its environment to talk to it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where functions run and where logs are. */
  readonly folder: string;
  /** Ends it and what it started; may be called twice. */
  stop(): Promise<void>;
}

export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';
const START_SECONDS = 30;

/** The emulator's program: named by `FAKECLOUD`, or on the `PATH`. Throws a sentence with the command that installs it. */
export function findEmulator(): string {
  const given = process.env['FAKECLOUD'];
  const candidates = given
    ? [given]
    : (process.env['PATH'] ?? '').split(path.delimiter).map((dir) => path.join(dir, 'fakecloud'));
  const found = candidates.find(isExecutable);
  if (found) return found;
  throw new Error(
    `${given ? `FAKECLOUD names ${given}, which is not a program` : 'The AWS emulator "fakecloud" is not on the PATH'}. ` +
      'Install it once (about 25 minutes) with: cargo install fakecloud --version 0.51.0 --root DIR, then set FAKECLOUD=DIR/bin/fakecloud.',
  );
}

/**
 * Starts the emulator on this port. Its functions run as processes of this machine (`container-cli.cjs`), under the Node that
 * runs this file; what a role does not grant is noted in its log (`permissions.ts`).
 */
export async function startEmulator(port: number): Promise<Emulator> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-aws-'));
  const containers = path.join(folder, 'containers');
  mkdirSync(containers);
  const log = createWriteStream(path.join(folder, 'emulator.log'));
  // An ECS task runs the command of any image as a process of this machine: its Prefect is the tests' own.
  const prefect = await ensureVenv(PREFECT);
  const child = spawn(
    findEmulator(),
    ['--addr', `127.0.0.1:${port}`, '--log-level', process.env['FAKECLOUD_LOG'] ?? 'warn'],
    {
      env: {
        ...process.env,
        PATH: `${prefect}${path.delimiter}${process.env['PATH']}`,
        CONTAINER_DIR: containers,
        LAMBDA_NODE: process.execPath,
        FAKECLOUD_CONTAINER_CLI: path.join(import.meta.dirname, 'container-cli.cjs'),
        FAKECLOUD_IAM: process.env['FAKECLOUD_IAM'] ?? 'soft',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = () => stopEmulator(child, containers);
  try {
    await answers(endpoint, child);
  } catch (error) {
    await stop();
    throw new Error(`The AWS emulator did not start; its log is ${pathToFileURL(folder).pathname}/emulator.log.`, {
      cause: error,
    });
  }
  return { endpoint, folder, stop, environment: clientEnvironment(endpoint) };
}

function clientEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    CDK_DEFAULT_ACCOUNT: ACCOUNT,
    CDK_DEFAULT_REGION: REGION,
  };
}

async function answers(endpoint: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_SECONDS * 1000;
  while (child.exitCode === null) {
    try {
      await fetch(`${endpoint}/_fakecloud/health`);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  throw new Error(`It ended with exit code ${child.exitCode}.`);
}

async function stopEmulator(child: ChildProcess, containers: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(patience);
  }
  endContainers(containers);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or no program: the next candidate
  }
}
