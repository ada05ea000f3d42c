import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { ensureVenv, OLDER_PREFECT, PREFECT, PROVISIONING } from '../infra/local/python-venv.ts';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Of each message that is repeated at the end. */
const MESSAGE_LINES = 12;

/** How many tests passed, and what failed: each by its name and the first lines of its message. */
export interface Count {
  readonly passed: number;
  readonly failures: readonly string[];
}

export const sum = (counts: readonly Count[]): Count => ({
  passed: counts.reduce((total, count) => total + count.passed, 0),
  failures: counts.flatMap((count) => count.failures),
});

/**
 * Runs a program of `node_modules/.bin` or PATH in the repository, without input; its exit code. Its output goes to `output`
 * piece by piece, or straight to the terminal.
 */
export function runProgram(
  command: string,
  args: readonly string[],
  output?: (piece: Buffer) => void,
): Promise<number> {
  const bin = path.join(ROOT, 'node_modules', '.bin');
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: output ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env['PATH']}` },
  });
  if (output) for (const stream of [child.stdout, child.stderr]) stream?.on('data', output);
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${command} could not be started: ${error.message}`);
      resolve(127);
    });
    // All it wrote has been read by then, which is not so at `exit`.
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** The unit tests and, when Python allows, the conformance suite; everything that could not start counts as one failure. */
export async function runTests(): Promise<Count> {
  // The environments take a minute of download in a fresh clone: meanwhile the unit tests run.
  const environments = Promise.allSettled([PREFECT, OLDER_PREFECT, PROVISIONING].map(ensureVenv));
  const unit = await runVitest('vitest.config.ts');
  const missing = (await environments).filter((result) => result.status === 'rejected');
  if (missing.length > 0) {
    const reasons = missing.map(({ reason }) => reason.message).join('\n');
    return sum([unit, { passed: 0, failures: [`The conformance suite cannot start: ${reasons}`] }]);
  }
  return sum([unit, await runVitest('vitest.conformance.config.ts')]);
}

/** One vitest run, reported as it goes and counted from its own report. */
export async function runVitest(config: string): Promise<Count> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-report-'));
  const report = path.join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const exitCode = await runProgram('vitest', ['run', '--config', config, ...reporters]);
    const count = readCount(report);
    // An error outside any test is a failure although no test failed.
    const unnamed = exitCode !== 0 && count.failures.length === 0;
    return unnamed ? { ...count, failures: [`${config}: vitest ended with ${exitCode}, its output says why`] } : count;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly { status: string; fullName: string; failureMessages: readonly string[] }[];
}

function readCount(report: string): Count {
  let text: string;
  try {
    text = readFileSync(report, 'utf8');
  } catch (error) {
    return { passed: 0, failures: [`vitest wrote no report: ${error instanceof Error ? error.message : error}`] };
  }
  const { numPassedTests, testResults } = JSON.parse(text) as Report;
  return { passed: numPassedTests, failures: testResults.flatMap(failuresOf) };
}

function failuresOf({ name, status, message, assertionResults }: FileResult): string[] {
  const file = path.relative(ROOT, name);
  const failed = assertionResults.filter((assertion) => assertion.status === 'failed');
  // A file that could not be loaded, or whose preparation failed, has failed without naming a test.
  if (failed.length === 0) return status === 'failed' ? [describe(file, message)] : [];
  return failed.map(({ fullName, failureMessages }) => describe(`${file}: ${fullName}`, failureMessages.join('\n')));
}

function describe(name: string, message: string): string {
  const lines = stripVTControlCharacters(message).trim().split('\n');
  const ours = lines.filter((line) => !line.includes('node_modules')).slice(0, MESSAGE_LINES);
  return [name, ...ours.map((line) => `    ${line}`)].join('\n');
}

/** What failed, then the closing line that whoever runs the tests looks for, and the exit code that goes with it. */
export function close({ passed, failures }: Count): never {
  if (failures.length > 0) console.log(`\n== failed\n${failures.join('\n')}\n`);
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exit(failures.length === 0 ? 0 : 1);
}
