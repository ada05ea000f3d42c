import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, waitUntil } from '../conformance/waiting.ts';

export interface PostgreSql {
  /** As Prefect's server takes it. */
  readonly url: string;
  readonly version: string;
  stop(): Promise<void>;
}

/** Where Debian's packages put each version's programs. */
const DEBIAN = '/usr/lib/postgresql';
/** The user that Debian's package makes; PostgreSQL refuses to run as root. */
const USER = 'postgres';

/** PostgreSQL cannot be started here; the message says in one sentence what is missing. */
export class NoPostgreSql extends Error {
  override readonly name = 'NoPostgreSql';
}

/** A PostgreSQL server of one's own with its settings as installed, on a free port, data in a temporary folder. Throws `NoPostgreSql`. */
export async function startPostgreSql(): Promise<PostgreSql> {
  const version = newestVersion();
  if (!version) {
    throw new NoPostgreSql(
      `PostgreSQL is not installed (nothing in ${DEBIAN}): "apt-get install postgresql" brings it, Prefect's server runs on SQLite until then.`,
    );
  }
  const bin = path.join(DEBIAN, version, 'bin');
  const owner: { uid?: number; gid?: number } = process.getuid?.() === 0 ? userIds(USER) : {};
  const folder = await mkdtemp(path.join(tmpdir(), 'pushpool-postgresql-'));
  const data = path.join(folder, 'data');
  execFileSync('chmod', ['0755', folder]);
  mkdirSync(data, { mode: 0o700 });
  if (owner.uid !== undefined) execFileSync('chown', ['-R', `${owner.uid}:${owner.gid}`, folder]);
  const options = { ...owner, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'] };
  execFileSync(path.join(bin, 'initdb'), ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8'], options);
  const port = await freePort();
  const server = spawn(
    path.join(bin, 'postgres'),
    ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-c', 'log_min_messages=fatal'],
    { ...options, stdio: ['ignore', 'ignore', 'ignore'] },
  );
  const ask = (...args: string[]) =>
    execFileSync(path.join(bin, 'psql'), ['-h', '127.0.0.1', '-p', String(port), '-U', USER, ...args], {
      ...options,
      stdio: 'ignore',
    });
  await waitUntil(async () => answers(() => ask('-c', 'select 1')), { seconds: 30, what: 'PostgreSQL to answer' });
  ask('-c', 'create database prefect');
  return {
    url: `postgresql+asyncpg://${USER}@127.0.0.1:${port}/prefect`,
    version,
    stop: () => stop(server, folder),
  };
}

function newestVersion(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).filter((name) => /^\d+$/.test(name)) : [];
  return versions
    .toSorted((a, b) => Number(b) - Number(a))
    .find((name) => existsSync(`${DEBIAN}/${name}/bin/postgres`));
}

function userIds(name: string): { uid: number; gid: number } {
  const ask = (flag: string) => Number(execFileSync('id', [flag, name]).toString());
  return { uid: ask('-u'), gid: ask('-g') };
}

function answers(ask: () => unknown): boolean {
  try {
    ask();
    return true;
  } catch {
    return false; // it does not listen yet
  }
}

async function stop(server: ChildProcess, folder: string): Promise<void> {
  if (server.exitCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGINT'); // ends at once, sessions included
    await ended;
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
