import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { type LongRunning, startLongRunning } from '../conformance/long-running.ts';

export interface PrefectClient {
  /** A folder of its own, HOME and PREFECT_HOME of everything it runs. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where `prefect` and `python` are. */
  readonly bin: string;
  /** Runs a program of the environment to its end; what it printed on both outputs. Throws with it when it fails. */
  run(program: 'prefect' | 'python', args: readonly string[], cwd?: string): Promise<string>;
  /** Starts such a program; it runs on beside the test. */
  start(program: 'prefect' | 'python', args: readonly string[], env?: Readonly<Record<string, string>>): LongRunning;
  remove(): void;
}

/** The real Prefect client, with the operator's key for the deployed stack. */
export async function prefectClient(): Promise<PrefectClient> {
  const bin = await ensureVenv(PREFECT);
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-client-'));
  const key = inject('adminKey');
  const env = {
    PATH: `${bin}:${process.env['PATH']}`,
    HOME: folder,
    PREFECT_HOME: path.join(folder, 'prefect'),
    PREFECT_API_URL: inject('apiUrl'),
    // Both: the key for HTTP, the same as auth string for the sockets.
    PREFECT_API_KEY: key,
    PREFECT_API_AUTH_STRING: key,
    PREFECT_CLI_COLORS: 'false',
    COLUMNS: '200',
    DO_NOT_TRACK: '1',
  };
  return {
    folder,
    env,
    bin,
    run: (program, args, cwd = folder) =>
      new Promise((resolve, reject) => {
        const child = execFile(path.join(bin, program), args, { cwd, env, maxBuffer: 1 << 26 }, (error, out, err) =>
          error ? reject(new Error(`${program} ${args.join(' ')} failed:\n${out}${err}`)) : resolve(out + err),
        );
        child.stdin?.end();
      }),
    start: (program, args, more = {}) =>
      startLongRunning(path.join(bin, program), args, { cwd: folder, env: { ...env, ...more } }),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** One request to the deployed API with the operator's key. */
export async function call(method: string, route: string, body?: unknown) {
  const response = await fetch(`${inject('apiUrl')}${route}`, {
    method,
    headers: { authorization: `Bearer ${inject('adminKey')}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: answers are whatever JSON the API sends; tests look into them
  return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as any };
}
