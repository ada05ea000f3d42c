import { spawn } from 'node:child_process';
import { Failure } from '../../errors.ts';
import type { StepContext } from './step.ts';

export interface ProcessOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Show the output on standard error as it comes. */
  readonly stream: boolean;
  readonly input?: string;
  /** Of `/bin/sh` (`cmd.exe` on Windows): the command is one line for it. */
  readonly shell?: boolean;
}

export interface ProcessResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Throws `Failure` when it is not there, and the abort's reason after Ctrl-C, which ends it too. */
export function runProcess(
  command: readonly [string, ...string[]],
  { cwd, env, stream, input, shell = false }: ProcessOptions,
  { out, signal }: Pick<StepContext, 'out' | 'signal'>,
): Promise<ProcessResult> {
  const [program, ...args] = command;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, shell, signal, stdio: ['pipe', 'pipe', 'pipe'] });
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        printed[name] += text;
        if (stream) out.note(text);
      });
    }
    child.stdin.on('error', () => {}); // a program that reads no input closes it: not our concern
    child.stdin.end(input ?? '');
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') return reject(error);
      reject(
        new Failure(`The program "${program}" was not found, or the folder ${cwd} is not there.`, { cause: error }),
      );
    });
    child.on('close', (code) => resolve({ exitCode: code ?? 1, ...printed }));
  });
}
