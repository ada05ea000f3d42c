import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { ensureVenv, PREFECT } from '../../../infra/local/python-venv.ts';
import { startLocalHome } from '../local-home.ts';
import { startRealServer } from '../real-server.ts';
import { sequences, WORLDS } from './generated/sequences.ts';
import { inWorld, type Sequence } from './generated/world.ts';
import { play, unlike } from './play.ts';

/**
 * `node test/conformance/differential/many-seeds.ts --runs 500 [--seed N] [--world NAME…] [--all]`: as many generated sequences as
 * asked for against both servers. Ends with 1 and the shortest sequence found at the first difference; the seed it prints plays
 * the same again. With `--all` it goes on, and prints each kind of difference once.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string' },
    world: { type: 'string', multiple: true, default: Object.keys(WORLDS) },
    all: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const numRuns = Number(values.runs);

const bin = await ensureVenv(PREFECT);
const [real, local] = await Promise.all([startRealServer(bin), startLocalHome({ bin })]);
const differing = async (sequence: Sequence) => {
  const scenario = inWorld(sequence);
  const [theirs, ours] = await Promise.all([play(real.apiUrl, scenario), play(local.apiUrl, scenario)]);
  return unlike(theirs, ours, new Set()).map((difference) => ({
    ...difference,
    body: scenario.steps[difference.step - 1]![1],
  }));
};
const failed = values.all ? await everyKind() : await shortest();
await Promise.all([real.stop(), local.stop()]);
process.exit(failed ? 1 : 0);

async function shortest(): Promise<boolean> {
  const result = await fc.check(
    fc.asyncProperty(sequences(values.world), async (sequence) => (await differing(sequence)).length === 0),
    { seed, numRuns },
  );
  console.log(`${result.numRuns} sequences with seed ${seed}`);
  if (result.errorInstance) console.log(result.errorInstance);
  const sequence = result.counterexample?.[0];
  if (sequence) {
    console.log(`They differ after ${result.numShrinks} steps of making it shorter:`);
    for (const step of sequence.steps) console.log(JSON.stringify(step, shortened));
    console.log(JSON.stringify(await differing(sequence), shortened, 2));
  }
  return result.failed;
}

/** Only the first difference of a sequence counts: others may follow from it. */
async function everyKind(): Promise<boolean> {
  const kinds = new Set<string>();
  for (const sequence of fc.sample(sequences(values.world), { seed, numRuns })) {
    const [first] = await differing(sequence);
    if (!first) continue;
    const call = first.call.replaceAll(/zz[-_]\d+[-_]|\d+(?=\.)/g, '').replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, '<id>');
    const kind = `${call} ${first.pointer.replaceAll(/\/\d+/g, '/#')}`;
    if (kinds.has(kind)) continue;
    kinds.add(kind);
    console.log(JSON.stringify(first, shortened));
  }
  console.log(`${numRuns} sequences with seed ${seed}, ${kinds.size} kinds of difference`);
  return kinds.size > 0;
}

function shortened(_: string, value: unknown): unknown {
  return typeof value === 'string' && value.length > 500
    ? `${value.slice(0, 20)}… (${value.length} characters)`
    : value;
}
