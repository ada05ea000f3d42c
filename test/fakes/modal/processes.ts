import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import type { FakeModal } from './modal.ts';
import type { FakeSandbox } from './sandboxes.ts';

/**
 * Gives the fake's sandboxes a machine: each runs its command with its environment as a process here, whose output and exit code
 * become the sandbox's. `close` kills what is left.
 * @param searchPath what stands for the image: where commands are found
 */
export function runSandboxes(fake: FakeModal, searchPath = process.env['PATH'] ?? ''): { close(): void } {
  const { sandboxes } = fake.account;
  sandboxes.startAfterSeconds = 0;
  const children = new Map<FakeSandbox, ChildProcess>();
  sandboxes.onCreated = (sandbox) => {
    const [command = '', ...words] = sandbox.definition.entrypoint_args;
    const child = spawn(command, words, {
      env: { PATH: searchPath, ...sandbox.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.set(sandbox, child);
    const print = (fd: 'STDOUT' | 'STDERR') => (data: Buffer) =>
      void sandbox.output.push({ atSeconds: fake.clock.now(), text: data.toString(), fd });
    child.stdout?.on('data', print('STDOUT'));
    child.stderr?.on('data', print('STDERR'));
    child.once('error', (error) =>
      sandboxes.end(sandbox, { status: 'GENERIC_STATUS_INIT_FAILURE', exception: error.message }),
    );
    child.once('close', (code) => {
      const failed = { status: 'GENERIC_STATUS_FAILURE', exitcode: code ?? 137 } as const;
      sandboxes.end(sandbox, code === 0 ? { status: 'GENERIC_STATUS_SUCCESS', exitcode: 0 } : failed);
    });
  };
  sandboxes.onTerminated = (sandbox) => end(children.get(sandbox));
  return {
    close() {
      for (const child of children.values()) end(child);
    },
  };
}

/** A sandbox ends with all that it started, in sessions of their own too. */
function end(child: ChildProcess | undefined): void {
  if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
  for (const pid of [...descendantsOf(child.pid), child.pid]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function descendantsOf(pid: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const processes = table.map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    processes.filter(([, ppid]) => ppid === parent).flatMap(([child = 0]) => [child, ...below(child)]);
  return below(pid);
}
