import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../suites.ts';
import { end, type LongRunning, startLongRunning } from './long-running.ts';
import { freePort, waitUntil } from './waiting.ts';

export interface LocalHomeOptions {
  /** `bin` of the Python environment whose `prefect` the runs use. */
  readonly bin: string;
  /** Ask for API keys and run tokens. @default false */
  readonly auth?: boolean;
  /** More of the home's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are whatever JSON the API sends; tests look into them
  readonly body: any;
}

export interface CliResult {
  readonly exitCode: number;
  /** Standard output and error, as they came. */
  readonly output: string;
}

export interface LocalHome {
  readonly apiUrl: string;
  /** Environment of a Prefect client of this home: its address, the first key where one is asked for, an empty PREFECT_HOME. */
  readonly clientEnv: Readonly<Record<string, string>>;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Runs the real `prefect` CLI, without a terminal. Never throws for an exit code. */
  prefect(args: readonly string[], options?: { cwd?: string; env?: Record<string, string> }): Promise<CliResult>;
  /** Runs a Python program of that environment; throws with its output when it fails. */
  python(args: readonly string[]): Promise<string>;
  /** Starts a program of that environment that goes on by itself (a worker, `flow.serve()`). */
  start(program: string, args: readonly string[], options?: { cwd?: string }): LongRunning;
  /** Kills the home as nothing can be prepared for, and starts it again on its folder and port. Answers when it returns. */
  killAndRestart(): Promise<void>;
  /** Everything the home has printed. */
  output(): string;
  stop(): Promise<void>;
}

/** `npm run dev` on a free port with an empty data folder; answers when it returns. */
export async function startLocalHome({ bin, auth = false, env = {} }: LocalHomeOptions): Promise<LocalHome> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-conformance-'));
  const data = path.join(folder, 'data');
  const port = await freePort();
  const apiUrl = `http://127.0.0.1:${port}/api`;
  const searchPath = `${bin}:${process.env['PATH']}`;
  let output = '';
  const keyFile = path.join(folder, 'admin-key');
  const startProcess = (): ChildProcess => {
    const started = spawn(process.execPath, [path.join(ROOT, 'infra/local/main.ts'), '--key-file', keyFile], {
      cwd: ROOT,
      env: {
        PATH: searchPath,
        HOME: folder,
        PUSHPOOL_PORT: String(port),
        PUSHPOOL_DATA: data,
        ...(auth ? { PUSHPOOL_AUTH: '1' } : {}),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [started.stdout, started.stderr]) stream?.on('data', (text) => (output += text));
    return started;
  };
  let home = startProcess();
  const stop = () => stopHome(home, folder);
  const answers = () =>
    waitUntil(
      async () => {
        if (home.exitCode !== null) throw new Error(`The local home ended:\n${output}`);
        return fetch(`${apiUrl}/health`).then((answer) => answer.ok, nothingListensYet);
      },
      { seconds: 60, what: 'the local home to answer' },
    );
  try {
    await answers();
    if (auth) await waitUntil(async () => existsSync(keyFile), { seconds: 10, what: 'the first key' });
  } catch (error) {
    await stop();
    throw error;
  }

  const key = auth ? readFileSync(keyFile, 'utf8').trim() : undefined;
  const clientEnv = {
    PATH: searchPath,
    HOME: folder,
    PREFECT_HOME: path.join(folder, 'prefect'),
    PREFECT_API_URL: apiUrl,
    // The auth string, as it is what reaches the sockets that `--watch` opens.
    ...(key ? { PREFECT_API_AUTH_STRING: key } : {}),
    PREFECT_CLI_COLORS: 'false',
    COLUMNS: '200',
    DO_NOT_TRACK: '1',
  };
  const client = (program: string, args: readonly string[], cwd = folder, more: Record<string, string> = {}) =>
    new Promise<CliResult>((resolve) => {
      const env = { ...clientEnv, ...more };
      const child = execFile(path.join(bin, program), args, { cwd, env, maxBuffer: 1 << 26 }, (_, stdout, stderr) =>
        resolve({ exitCode: child.exitCode ?? 1, output: stdout + stderr }),
      );
      child.stdin?.end();
    });
  return {
    apiUrl,
    clientEnv,
    call: async (method, route, body) => {
      const response = await fetch(`${apiUrl}${route}`, {
        method,
        headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? null : JSON.parse(text) };
    },
    prefect: (args, options = {}) => client('prefect', args, options.cwd, options.env),
    python: async (args) => {
      const { exitCode, output } = await client('python', args);
      if (exitCode !== 0) throw new Error(`python ${args.join(' ')} ended with ${exitCode}:\n${output}`);
      return output;
    },
    start: (program, args, options = {}) =>
      startLongRunning(path.join(bin, program), args, { cwd: options.cwd ?? folder, env: clientEnv }),
    killAndRestart: async () => {
      await end(home, 'SIGKILL', 10);
      home = startProcess();
      await answers();
    },
    output: () => output,
    stop,
  };
}

const nothingListensYet = () => false;

async function stopHome(home: ChildProcess, folder: string): Promise<void> {
  await end(home, 'SIGTERM', 10);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
