import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleFunctions } from '../infra/aws/bundle.ts';
import { type Count, close, runProgram, runTests, sum } from './suites.ts';

/** `npm run verify`: what CI checks, each check counted as one test beside the tests themselves. */
const CHECKS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  // What `npm install` writes on a used machine may lack the packages of other platforms; `npm ci` then refuses it.
  ['lock file', 'npm', 'ci', '--dry-run', '--no-audit', '--no-fund', '--loglevel=error'],
  ['format and lint', 'biome', 'check', '.'],
  ['types', 'tsc', '--noEmit'],
  ['import rules', 'depcruise', '--config', '.dependency-cruiser.cjs', 'cli', 'functions', 'infra', 'shared', 'test'],
  ['synthesis', 'cdk', 'synth', '--quiet'],
  // packed, installed in an empty folder and used there: about 15 s
  ['package', 'node', 'test/package/run.ts'],
];

const counts: Count[] = [];
for (const [name, command, ...args] of CHECKS) {
  console.log(`\n== ${name}`);
  const failed = (await runProgram(command, args)) === 0 ? 0 : 1;
  if (failed) console.error(`${name}: failed (${[command, ...args].join(' ')})`);
  counts.push({ passed: 1 - failed, failed });
}
console.log('\n== bundles');
await printBundleSizes();
console.log('\n== tests');
counts.push(await runTests());
close(sum(counts));

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
