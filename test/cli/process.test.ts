import { type ChildProcess, execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordsOf } from '../../cli/completion/words.ts';
import { createProgram } from '../../cli/program.ts';
import { type CliProcess, startProcess } from './cli-process.ts';
import { commandLine } from './command-line.ts';

const MAIN = path.join(import.meta.dirname, '../../cli/main.ts');
let folder: string;
const started: ChildProcess[] = [];
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pushpool-process-'));
});
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function start(args: readonly string[], env: Record<string, string> = {}): CliProcess {
  const process = startProcess(folder, args, env);
  started.push(process.child);
  return process;
}

describe('pushpool as a process', () => {
  it('runs a home until Ctrl-C, which ends a watch with 130 and the home with 0', async () => {
    const home = start(['dev', '--port', '0', '--data', 'data']);
    const apiUrl = (await home.printed(/PREFECT_API_URL=(\S+)/))[1] ?? '';
    const at = { PREFECT_API_URL: apiUrl };
    const cli = commandLine(folder, at);
    await cli.json('work-pool', 'create', 'pool', '--type', 'process:push');
    await cli.json('deploy', '-n', 'job', '--pool', 'pool', '--command', 'sleep 600');
    const run = await cli.json('deployment', 'run', 'job/job');

    const watch = start(['flow-run', 'watch', run.id], at);
    await watch.printed(/is (Scheduled|Pending|Running)/);
    watch.child.kill('SIGINT');

    expect(await watch.ended).toBe(130);
    expect(watch.output()).toContain('the run goes on');
    await cli.run(['flow-run', 'cancel', run.id]);
    home.child.kill('SIGINT');
    expect(await home.ended).toBe(0);
  });

  it('says that a port or a folder is taken, and ends with 1', async () => {
    const home = start(['dev', '--port', '0', '--data', 'data2']);
    const port = (await home.printed(/127\.0\.0\.1:(\d+)/))[1] ?? '';

    const samePort = start(['dev', '--port', port, '--data', 'data3']);
    const sameFolder = start(['dev', '--port', '0', '--data', 'data2']);

    expect([await samePort.ended, await sameFolder.ended]).toEqual([1, 1]);
    expect(samePort.output()).toContain(`Port ${port} of 127.0.0.1 is in use. Choose another with --port.`);
    expect(sameFolder.output()).toContain('uses the data folder');
    home.child.kill('SIGTERM');
    await home.ended;
  });

  it('loads no SDK and no prompt to show its help', async () => {
    const program =
      "import { registerHooks } from 'node:module'; const loaded = []; registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });" +
      `process.argv = [process.argv[0], 'pushpool', '--help']; await import(${JSON.stringify(MAIN)}); console.error(loaded.join('\\n'));`;

    const { stderr } = await new Promise<{ stderr: string }>((done) =>
      execFile(process.execPath, ['--input-type=module', '-e', program], (_error, _stdout, stderr) => done({ stderr })),
    );

    expect(stderr).toContain('commander');
    expect(stderr).not.toMatch(/node_modules\/(@aws-sdk|@smithy|@inquirer|ora|yaml|zod|dynalite|cli-table3)\//);
  });
});

describe('shell completion', () => {
  const around = {
    ...{ stdout: process.stdout, stderr: process.stderr, env: {}, cwd: '.', interactive: false },
    signal: new AbortController().signal,
  };

  it('knows every command and its options', () => {
    const paths = wordsOf(createProgram(around)).map(({ path }) => path);

    for (const command of ['', 'dev', 'work-pool create', 'deployment schedule pause', 'block type ls', 'doctor']) {
      expect(paths).toContain(command);
    }
  });

  it('completes in bash: commands, commands of a group, and options', async () => {
    const { stdout: script } = await commandLine(folder, {}).run(['completion', 'bash']);
    const complete = (...words: string[]) =>
      execFileSync(
        'bash',
        [
          '-c',
          `${script}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pushpool; printf '%s\\n' "\${COMPREPLY[@]}"`,
          'bash',
          ...words,
        ],
        {
          encoding: 'utf8',
        },
      )
        .trim()
        .split('\n');

    expect(complete('pushpool', 'wor')).toEqual(['work-pool']);
    expect(complete('pushpool', 'deployment', 'schedule', 'p')).toEqual(['pause']);
    expect(complete('pushpool', 'work-pool', 'create', 'my-pool', '--set')).toEqual(['--set-as-default']);
    expect(complete('pushpool', 'work-pool', 'provision-infras')).toEqual(['provision-infrastructure']);
    expect(complete('pushpool', 'work-pool', 'provision-infrastructure', '--rot')).toEqual(['--rotate-key']);
  });

  it.each(['zsh', 'fish'])('is a script of the tree for %s too', async (shell) => {
    const { stdout, exitCode } = await commandLine(folder, {}).run(['completion', shell]);

    expect(exitCode).toBe(0);
    for (const word of ['work-pool', 'deployment schedule', 'set-as-default']) expect(stdout).toContain(word);
  });
});
