/**
 * Ten thousand random requests: `node test/functions/api/fuzz/run.ts [count] [seed]`. Ends with 1 and the request when one of
 * them is answered with a 5xx.
 */
import { askRandomly } from './ask-randomly.ts';

const [count = 10_000, seed = Math.floor(Math.random() * 2 ** 31)] = process.argv.slice(2).map(Number);
const statuses = new Map<number, number>();
console.log(`${count} requests, seed ${seed}`);
try {
  await askRandomly(count, seed, (status) => statuses.set(status, (statuses.get(status) ?? 0) + 1));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
console.log(Object.fromEntries([...statuses].sort(([a], [b]) => a - b)));
