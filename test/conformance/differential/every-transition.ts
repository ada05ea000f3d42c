import { parseArgs } from 'node:util';
import { ensureVenv, PREFECT } from '../../../infra/local/python-venv.ts';
import { startLocalHome } from '../local-home.ts';
import { startRealServer } from '../real-server.ts';
import { play, unlike } from './play.ts';
import { EVERY_TRANSITION } from './requests/every-transition.ts';

/**
 * `node test/conformance/differential/every-transition.ts [--only TEXT] [--from NUMBER]`: every state proposed to runs of every kind
 * in every state, to both servers; some 30,000 requests to each. Prints each scenario that differs, and ends with 1 when one did.
 *
 * In runs of a full deployment differences are expected: Prefect takes a slot off the count when a run leaves PENDING or RUNNING that
 * never held one, and lets the next run in. Here slots are held by runs (rule 20), and the deployment stays full.
 */
const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, from: { type: 'string', default: '0' } },
});
const scenarios = EVERY_TRANSITION.filter(({ name }) => name.includes(values.only)).slice(Number(values.from));

const bin = await ensureVenv(PREFECT);
const [real, local] = await Promise.all([startRealServer(bin), startLocalHome({ bin })]);
let failed = 0;
for (const scenario of scenarios) {
  const [theirs, ours] = await Promise.all([play(real.apiUrl, scenario), play(local.apiUrl, scenario)]);
  // The numbers of ids go on differing after the first difference.
  const found = unlike(theirs, ours, new Set()).filter(({ theirs, ours }) => !isId(theirs) || !isId(ours));
  if (found.length === 0) continue;
  failed += 1;
  console.log(`\n${scenario.name}: ${found.length} differences`);
  for (const difference of found) {
    const before = scenario.steps.slice(Math.max(0, difference.step - 4), difference.step);
    console.log(JSON.stringify({ ...difference, body: before.map(([, body]) => body) }));
  }
}
console.log(`${scenarios.length - failed} of ${scenarios.length} scenarios alike`);
await Promise.all([real.stop(), local.stop()]);
process.exit(failed === 0 ? 0 : 1);

function isId(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('<id ');
}
