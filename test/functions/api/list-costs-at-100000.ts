/** The read units of every list at 1,000 and at 100,000 runs; ends with 1 when one costs more than 1.2 times as much. */
import { listCosts } from './list-costs.ts';

const [few = 1_000, many = 100_000] = process.argv.slice(2).map(Number);
const [small, large] = [await listCosts(few), await listCosts(many)];
const rows = Object.entries(large).map(([name, units]) => ({ name, [few]: small[name], [many]: units }));
console.table(rows);
if (Object.entries(large).some(([name, units]) => units > 1.2 * small[name]!)) process.exitCode = 1;
