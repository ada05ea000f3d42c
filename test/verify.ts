import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { bundleFunctions } from '../infra/aws/bundle.ts';
import { type Count, close, runProgram, runTests, sum } from './suites.ts';

/** `npm run verify`: what CI checks, each check counted as one test beside the tests themselves. The longest come first. */
const CHECKS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  // packed, installed in an empty folder and used there: about 30 s
  ['package', 'node', 'test/package/run.ts'],
  ['types', 'tsc', '--noEmit'],
  ['synthesis', 'cdk', 'synth', '--quiet'],
  ['import rules', 'depcruise', '--config', '.dependency-cruiser.cjs', 'cli', 'functions', 'infra', 'shared', 'test'],
  ['format and lint', 'biome', 'check', '.'],
  // What `npm install` writes on a used machine may lack the packages of other platforms; `npm ci` then refuses it.
  ['lock file', 'npm', 'ci', '--dry-run', '--no-audit', '--no-fund', '--loglevel=error'],
];

const counts = await runChecks();
console.log('\n== bundles');
await printBundleSizes();
console.log('\n== tests');
counts.push(await runTests());
close(sum(counts));

/** All checks, as many at a time as there are processors; what each wrote is shown as one piece when it has ended. */
async function runChecks(): Promise<Count[]> {
  const waiting = [...CHECKS];
  const counts: Count[] = [];
  async function takeNext(): Promise<void> {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const [name, command, ...args] = check;
      const output: Buffer[] = [];
      const passed = (await runProgram(command, args, (piece) => output.push(piece))) === 0;
      console.log(`\n== ${name}`);
      process.stdout.write(Buffer.concat(output));
      const failure = `${name}: ${[command, ...args].join(' ')}`;
      counts.push(passed ? { passed: 1, failures: [] } : { passed: 0, failures: [failure] });
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, takeNext));
  return counts;
}

/** The budgets themselves are held by a unit test. */
async function printBundleSizes(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-bundles-'));
  await bundleFunctions(folder, (name, { totalBytes, ownBytes }) =>
    console.log(`${name.padEnd(18)}${kilobytes(ownBytes)} KB, with the AWS SDK ${kilobytes(totalBytes)} KB`),
  ).catch((error) => console.error(`Not measured: ${error.message}`));
  rmSync(folder, { recursive: true, force: true });
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(0).padStart(5);
}
