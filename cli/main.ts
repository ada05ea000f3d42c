#!/usr/bin/env node
import { EXIT } from './exit-codes.ts';
import { runCommandLine } from './run.ts';

/** `pushpool <command> …`. The first Ctrl-C (or SIGTERM) lets the command end by itself, the second ends it at once. */
const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort();
  });
}
// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: interrupt.signal,
  interactive: process.stdin.isTTY === true && process.stderr.isTTY === true && !process.env['CI'],
});

// The command has ended; what it left under way (processes of flow runs that live on) is not waited for.
if (interrupt.signal.aborted) process.exit();
