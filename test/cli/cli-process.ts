import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const MAIN = path.join(import.meta.dirname, '../../cli/main.ts');

/** `pushpool …` as a process of its own. */
export interface CliProcess {
  readonly child: ChildProcess;
  /** The exit code. */
  readonly ended: Promise<number | null>;
  /** What it has printed so far on both streams. */
  output(): string;
  /** The first match of what it has printed, once there is one. Rejects when it ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts one in a folder, with these variables and no others of this process. */
export function startProcess(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): CliProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const printed = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((found, failed) => {
      const look = () => {
        const match = pattern.exec(output);
        if (match) found(match);
      };
      listeners.push(look);
      look();
      void ended.then(() => failed(new Error(`It ended without ${pattern}: ${output}`)));
    });
  return { child, ended, printed, output: () => output };
}
