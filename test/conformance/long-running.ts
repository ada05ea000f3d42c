import { type ChildProcess, spawn } from 'node:child_process';

export interface LongRunning {
  /** What it has printed so far. */
  output(): string;
  /** Null while it runs. */
  exitCode(): number | null;
  /** Asks it to end as Ctrl-C does, waits, and insists after 15 s. May be called twice. */
  stop(): Promise<void>;
  /** Ends it at once, without a goodbye. */
  kill(): Promise<void>;
}

/** Starts a program that runs on beside the test. */
export function startLongRunning(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): LongRunning {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  return {
    output: () => output,
    exitCode: () => child.exitCode,
    stop: () => end(child, 'SIGINT', 15),
    kill: () => end(child, 'SIGKILL', 1),
  };
}

/** Asks a process to end, waits, and insists after so long. May be called twice. */
export async function end(child: ChildProcess, signal: NodeJS.Signals, patienceSeconds: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const patience = setTimeout(() => child.kill('SIGKILL'), patienceSeconds * 1000);
  await ended;
  clearTimeout(patience);
}
