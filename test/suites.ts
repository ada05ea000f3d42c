import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureVenv, OLDER_PREFECT, PREFECT, PROVISIONING } from '../infra/local/python-venv.ts';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface Count {
  readonly passed: number;
  readonly failed: number;
}

export const sum = (counts: readonly Count[]): Count => ({
  passed: counts.reduce((total, count) => total + count.passed, 0),
  failed: counts.reduce((total, count) => total + count.failed, 0),
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
    for (const { reason } of missing) console.error(`The conformance suite cannot start: ${reason.message}`);
    return sum([unit, { passed: 0, failed: 1 }]);
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
    // An error outside any test, or no report at all, is a failure although no test failed.
    return exitCode !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readCount(report: string): Count {
  let text: string;
  try {
    text = readFileSync(report, 'utf8');
  } catch (error) {
    console.error(`vitest wrote no report: ${error instanceof Error ? error.message : error}`);
    return { passed: 0, failed: 0 };
  }
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(text) as {
    numPassedTests: number;
    numFailedTests: number;
    testResults: { status: string; assertionResults: { status: string }[] }[];
  };
  // A file that could not be loaded, or whose preparation failed, has failed without naming a test.
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}

/** The closing line that whoever runs the tests looks for, and the exit code that goes with it. */
export function close({ passed, failed }: Count): never {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}
