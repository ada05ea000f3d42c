import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { ensureVenv, PREFECT } from '../../../infra/local/python-venv.ts';
import { startLocalHome } from '../local-home.ts';
import { startRealServer } from '../real-server.ts';
import { inWorld, operations } from './generated.ts';
import { play, unlike } from './play.ts';
import type { Step } from './scenario.ts';

/**
 * `node test/conformance/differential/many-seeds.ts --runs 500 [--seed N]`: as many generated sequences as asked for against both
 * servers. Ends with 1 and the shortest sequence found at the first difference; the seed it prints plays the same again.
 */
const { values } = parseArgs({ options: { runs: { type: 'string', default: '200' }, seed: { type: 'string' } } });
const seed = Number(values.seed ?? Date.now() % 1_000_000);

const bin = await ensureVenv(PREFECT);
const [real, local] = await Promise.all([startRealServer(bin), startLocalHome({ bin })]);
const differing = async (steps: readonly Step[]) => {
  const scenario = inWorld(steps);
  const [theirs, ours] = await Promise.all([play(real.apiUrl, scenario), play(local.apiUrl, scenario)]);
  return unlike(theirs, ours, new Set());
};
const result = await fc.check(
  fc.asyncProperty(operations, async (steps) => (await differing(steps)).length === 0),
  { seed, numRuns: Number(values.runs) },
);
console.log(`${result.numRuns} sequences with seed ${seed}`);
const steps = result.counterexample?.[0];
if (steps) {
  console.log(`They differ after ${result.numShrinks} steps of making it shorter:`);
  for (const step of steps) console.log(JSON.stringify(step));
  console.log(JSON.stringify(await differing(steps), null, 2));
}
await Promise.all([real.stop(), local.stop()]);
process.exit(result.failed ? 1 : 0);
