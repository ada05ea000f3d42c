import { ClientError } from '../../domain/errors.ts';
import { jobOfDefaults } from '../../domain/job-template/resolve.ts';
import { defaultBlocks } from '../../domain/job-template/validate-template.ts';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json/json.ts';
import { isPushPool, type WorkPool } from '../../domain/work-pool.ts';
import { type Problem, sentences } from '../../targets/parse.ts';
import { parserOf } from '../../targets/parsers.ts';
import type { App } from '../app.ts';

/**
 * Refuses new data of a block with which a push pool that refers to it could not sign in to its cloud: a missing part of a key is
 * told to who stores it, not to the pool's next run. What was wrong with the pool before is no reason. Throws 422 with every problem.
 */
export async function checkPoolsOfBlock(app: App, blockId: string, before: Json, after: Json): Promise<void> {
  for await (const pool of app.store.workPools.list()) {
    if (!isPushPool(pool.type) || !isJsonObject(pool.base_job_template['job_configuration'])) continue;
    if (!defaultBlocks(pool.base_job_template).includes(blockId)) continue;
    const known = new Set((await problemsOf(pool, blockId, before)).map(({ message }) => message));
    const fresh = (await problemsOf(pool, blockId, after)).filter(({ message }) => !known.has(message));
    if (fresh.length === 0) continue;
    throw new ClientError('invalid', `The work pool "${pool.name}" could not use this block. ${sentences(fresh)}`);
  }
}

async function problemsOf(pool: WorkPool, blockId: string, data: Json): Promise<readonly Problem[]> {
  const parse = await parserOf(pool.type);
  const template: JsonObject = pool.base_job_template;
  const parsed = parse?.(jobOfDefaults(template, new Map([[blockId, data]])), { complete: false });
  return parsed && 'problems' in parsed ? parsed.problems : [];
}
