import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, waitUntil } from './waiting.ts';

export interface RealServer {
  readonly apiUrl: string;
  /** Its PREFECT_HOME, in which clients may live as well. */
  readonly home: string;
  stop(): Promise<void>;
}

/**
 * Prefect's own server from this environment's `bin`, on a free port, its database in a temporary folder unless `settings` name
 * another. Ready when it returns.
 */
export async function startRealServer(
  bin: string,
  args: string[] = ['--no-services'],
  settings: Readonly<Record<string, string>> = {},
): Promise<RealServer> {
  const home = mkdtempSync(path.join(tmpdir(), 'pushpool-prefect-'));
  const port = await freePort();
  const apiUrl = `http://127.0.0.1:${port}/api`;
  let output = '';
  const server = spawn(path.join(bin, 'prefect'), ['server', 'start', '--no-ui', '--port', String(port), ...args], {
    env: {
      PATH: `${bin}:${process.env['PATH']}`,
      HOME: home,
      PREFECT_HOME: home,
      PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
      PREFECT_LOGGING_SERVER_LEVEL: 'ERROR',
      DO_NOT_TRACK: '1',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (output += text));
  try {
    await waitUntil(
      async () => {
        if (server.exitCode !== null) throw new Error(`The Prefect server ended: ${output}`);
        return fetch(`${apiUrl}/health`).then((answer) => answer.ok, nothingListensYet);
      },
      { seconds: 180, what: 'the Prefect server to answer' },
    );
  } catch (error) {
    await stop(server, home);
    throw error;
  }
  return { apiUrl, home, stop: () => stop(server, home) };
}

const nothingListensYet = () => false;

/** Ends the whole group: the CLI starts the server as a child of its own. */
async function stop(server: ChildProcess, home: string): Promise<void> {
  if (server.exitCode === null && server.pid !== undefined) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    process.kill(-server.pid, 'SIGKILL');
    await ended;
  }
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
