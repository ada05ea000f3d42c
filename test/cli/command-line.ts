import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Surroundings } from '../../cli/context.ts';
import { runCommandLine } from '../../cli/run.ts';
import type { Env } from '../../cli/settings/settings.ts';
import type { CloudEndpoints } from '../../infra/local/cloud-targets.ts';
import { type Home, startHome } from '../../infra/local/home.ts';

export interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandLine {
  /** What relative paths begin at, and HOME: nothing of this machine's settings is read. */
  readonly folder: string;
  /** Runs `pushpool …args` in this process, as without a terminal. Never throws. */
  run(
    args: readonly string[],
    options?: { env?: Env; signal?: AbortSignal; cwd?: string; accounts?: Surroundings['accounts'] },
  ): Promise<Result>;
  /** Runs it with `--json`; the parsed result. Throws with everything printed when the exit code is not 0. */
  // biome-ignore lint/suspicious/noExplicitAny: results are whatever JSON the command prints; tests look into them
  json(...args: string[]): Promise<any>;
  /** A `docker` that notes what it is told and does nothing; the PATH that finds it first, and what it was told. */
  standInDocker(): { readonly path: string; told(): string };
  /** Writes a file into `folder`; its path. */
  write(name: string, text: string): string;
}

export interface CommandLineAtHome extends CommandLine {
  readonly home: Home;
  close(): Promise<void>;
}

/** The command line beside a local home of its own. */
export async function startCommandLine(endpoints: CloudEndpoints = {}): Promise<CommandLineAtHome> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-cli-'));
  const home = await startHome({ dataFolder: path.join(folder, 'data'), port: 0, endpoints });
  const close = async () => {
    await home.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { ...commandLine(folder, { PREFECT_API_URL: home.apiUrl }), home, close };
}

/** The command line in a folder, with these variables and no others. */
export function commandLine(folder: string, env: Env): CommandLine {
  const run: CommandLine['run'] = async (args, options = {}) => {
    const printed = { stdout: '', stderr: '' };
    const sink = (name: keyof typeof printed) => ({
      write: (text: string) => {
        printed[name] += text;
      },
    });
    const exitCode = await runCommandLine(args, {
      stdout: sink('stdout'),
      stderr: sink('stderr'),
      env: { HOME: folder, PATH: process.env['PATH'], ...env, ...options.env },
      cwd: options.cwd ?? folder,
      signal: options.signal ?? new AbortController().signal,
      interactive: false,
      ...(options.accounts && { accounts: options.accounts }),
    });
    return { exitCode, ...printed };
  };
  return {
    folder,
    run,
    async json(...args) {
      const result = await run([...args, '--json']);
      if (result.exitCode !== 0) throw new Error(`pushpool ${args.join(' ')}: ${JSON.stringify(result)}`);
      return JSON.parse(result.stdout);
    },
    standInDocker() {
      const [tool, notes] = ['docker', 'docker-told'].map((name) => path.join(folder, 'stand-in', name)) as [
        string,
        string,
      ];
      mkdirSync(path.dirname(tool), { recursive: true });
      writeFileSync(tool, `#!/bin/sh\n{ echo "$*"; cat; echo; } >> '${notes}'\n`, { mode: 0o755 });
      return {
        path: `${path.dirname(tool)}:${process.env['PATH']}`,
        told: () => (existsSync(notes) ? readFileSync(notes, 'utf8') : ''),
      };
    },
    write(name, text) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    },
  };
}
