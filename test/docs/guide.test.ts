import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProgram } from '../../cli/program.ts';
import { shellSplit } from '../../shared/domain/shell-split.ts';
import { ROOT } from '../suites.ts';
import { PAGES, readPage, type Step, shortfall } from './guide.ts';

const HERE = [
  'docs/guide/local-home.md',
  'docs/guide/manual-set-up.md',
  'docs/guide/prefect-yaml.md',
  'docs/guide/command-line.md',
];

/** The command line as installed, and as it is in a clone. */
const OURS = /^(pushpool|node cli\/main\.ts) /;

let folder: string;
let env: Record<string, string | undefined>;
let home: { child: ChildProcess; output: () => string } | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pushpool-guide-'));
  env = { PATH: process.env['PATH'], HOME: folder, PUSHPOOL_PORT: '0' };
});
afterEach(async () => {
  if (home && home.child.exitCode === null) {
    const ended = new Promise((done) => home?.child.once('exit', done));
    home.child.kill('SIGINT');
    await ended;
  }
  home = undefined;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** As in a terminal where `pushpool` is installed. */
const shell = (command: string) =>
  spawn('bash', ['-c', `pushpool() { '${process.execPath}' '${path.join(ROOT, 'cli/main.ts')}' "$@"; }\n${command}`], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });

function read(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
  return () => output;
}

async function run(step: Step): Promise<{ output: string; exitCode: number | null }> {
  const exported = /^export (\w+)=(.*)$/.exec(step.command);
  if (exported) {
    env[exported[1]!] = exported[2];
    return { output: '', exitCode: 0 };
  }
  if (step.command === 'pushpool dev') return startHome();
  const child = shell(step.command);
  const output = read(child);
  const exitCode = await new Promise<number | null>((done) => child.once('close', done));
  return { output: output(), exitCode };
}

/** The home goes on; the address that it prints is set from then on, as the reader does. */
async function startHome(): Promise<{ output: string; exitCode: number | null }> {
  // the program itself and not a shell around it, so that it can be stopped
  const child = spawn(process.execPath, [path.join(ROOT, 'cli/main.ts'), 'dev'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = read(child);
  home = { child, output };
  await new Promise<void>((ready, failed) => {
    child.stdout.on('data', () => output().includes('Stop with Ctrl-C.') && ready());
    child.once('exit', () => failed(new Error(output())));
  });
  env['PREFECT_API_URL'] = /PREFECT_API_URL=(\S+)/.exec(output())?.[1];
  return { output: output(), exitCode: 0 };
}

describe('the guide, as it stands', () => {
  it.each(HERE)(
    '%s',
    async (name) => {
      const { steps } = readPage(name);
      // pages after the first take a home for granted
      const startsHome = steps.some((step) => 'command' in step && step.command === 'pushpool dev');
      if (!startsHome) await startHome();

      for (const step of steps) {
        if ('file' in step) {
          writeFileSync(path.join(folder, step.file), step.text);
          continue;
        }
        expect(shortfall(name, step, await run(step))).toBeNull();
      }
    },
    180_000,
  );

  it.each(PAGES)('%s shows no command or option that does not exist', (name) => {
    const { steps, cloud, elsewhere } = readPage(name);
    const commands = [...steps, ...cloud, ...elsewhere].filter((step): step is Step => 'command' in step);

    for (const step of commands.filter(({ command, exitCode }) => OURS.test(command) && exitCode === 0)) {
      expect(`${name}:${step.line} ${unknownIn(step.command.replace(OURS, ''))}`).toBe(`${name}:${step.line} `);
    }
  });
});

/** Words after `pushpool` that the tree of commands does not know; empty when it knows them all. */
function unknownIn(line: string): string {
  const words = shellSplit(line.replaceAll(/\$\([^)]*\)/g, 'X').split(/ [|>&]/)[0] ?? '');
  let command: Command = createProgram({
    ...{ stdout: process.stdout, stderr: process.stderr, env: {}, cwd: '.', interactive: false },
    signal: new AbortController().signal,
  });
  while (command.commands.length > 0) {
    const next = command.commands.find(
      (child) => child.name() === words[0] || child.aliases().includes(words[0] ?? ''),
    );
    if (!next) return words[0]?.startsWith('-') ? '' : (words[0] ?? '');
    command = next;
    words.shift();
  }
  const flags = command.options.flatMap(({ short, long }) => [short, long]);
  return words.filter((word) => /^--?[a-z]/.test(word) && !flags.includes(word.split('=')[0])).join(' ');
}
