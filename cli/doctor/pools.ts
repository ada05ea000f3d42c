import type { Client } from '../../shared/api/client/client.ts';
import type { WorkPool } from '../../shared/api/client/work-pools.ts';
import { referencedDocument } from '../../shared/domain/job-template/references.ts';
import { isJsonObject, type JsonObject } from '../../shared/domain/json/json.ts';
import { AGENT_POOL_TYPE, isPushPool } from '../../shared/domain/work-pool.ts';
import { absent } from '../absent.ts';
import { type Finding, ok, problem, warning } from './check.ts';

/** One line a pool: whether its runs can start. */
export async function checkPools(client: Client): Promise<Finding[]> {
  const pools = (await client.workPools.list()).filter(({ type }) => type !== AGENT_POOL_TYPE);
  if (pools.length === 0) {
    return [warning('Work pools', 'There are none', 'Make one: pushpool work-pool create my-pool --type process:push')];
  }
  return Promise.all(pools.map((pool) => checkPool(client, pool)));
}

async function checkPool(client: Client, pool: WorkPool): Promise<Finding> {
  const name = `Pool ${pool.name}`;
  if (pool.is_paused) {
    return warning(name, 'is paused: its runs wait', `Let them go: pushpool work-pool resume "${pool.name}"`);
  }
  const missing = await missingBlock(client, pool);
  if (missing !== null) {
    const remedy = `Make the block again and say which: pushpool work-pool update "${pool.name}" --credentials TYPE/NAME`;
    return problem(name, `refers to a block (${missing}) that is not there`, remedy);
  }
  if (pool.status === 'NOT_READY' && isPushPool(pool.type)) {
    const remedy = `Store new credentials in its block; waiting runs then start by themselves. What the cloud says stands in the state of a waiting run: pushpool flow-run ls`;
    return problem(
      name,
      `(${pool.type}) is refused by its cloud: its credentials are not accepted, its runs wait`,
      remedy,
    );
  }
  if (pool.status === 'NOT_READY') {
    const remedy = `Start a worker (prefect worker start --pool "${pool.name}"), or use a push pool, which needs none.`;
    return warning(name, `(${pool.type}) has no worker: its runs wait`, remedy);
  }
  const full = pool.concurrency_limit !== null && (pool.active_slots ?? 0) >= pool.concurrency_limit;
  if (full) {
    const remedy = `Raise the limit when that is too few: pushpool work-pool update "${pool.name}" --concurrency-limit N`;
    return warning(name, `uses all of its ${pool.concurrency_limit} slots`, remedy);
  }
  return ok(name, isPushPool(pool.type) ? `(${pool.type}) is ready` : `(${pool.type}) has a worker`);
}

/** The id of a block that a variable of the template has as default and that does not exist. */
async function missingBlock(client: Client, pool: WorkPool): Promise<string | null> {
  const variables = pool.base_job_template['variables'];
  const properties = isJsonObject(variables) && isJsonObject(variables['properties']) ? variables['properties'] : {};
  for (const property of Object.values(properties)) {
    const id = referencedDocument((property as JsonObject | null)?.['default']);
    if (id !== null && (await client.blocks.read(id).catch(absent)) === null) return id;
  }
  return null;
}
