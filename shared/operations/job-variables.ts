import { ClientError, notFound } from '../domain/errors.ts';
import { jobOfDefaults } from '../domain/job-template/resolve.ts';
import {
  defaultBlocks,
  type JobVariablesVerdict,
  validateJobVariables,
} from '../domain/job-template/validate-template.ts';
import { isJsonObject, type Json, type JsonObject } from '../domain/json.ts';
import { sentences } from '../targets/parse.ts';
import { parserOf } from '../targets/parsers.ts';
import type { App } from './app.ts';
import { getBlockDocumentData } from './block-documents.ts';

/**
 * Refuses job variables that do not fit a pool's template, with the deployment's and the run's on top of its defaults
 * (prefect-api 5.6). Throws 422 `<prefix>: Validation failed for field …`, 422 `Invalid schema: …`, and 404 when a default
 * names a block that does not exist.
 */
export async function checkJobVariables(
  app: App,
  baseJobTemplate: JsonObject,
  layers: readonly (JsonObject | null | undefined)[],
  options: { readonly prefix: string; readonly ignoreRequired: boolean; readonly ignoreInvalidDefaults?: boolean },
): Promise<void> {
  const verdict = validateJobVariables(baseJobTemplate, layers, {
    ignoreRequired: options.ignoreRequired,
    ignoreInvalidDefaults: options.ignoreInvalidDefaults ?? true,
    blocks: await readDefaultBlocks(app, baseJobTemplate),
  });
  refuse(verdict, options.prefix);
}

/**
 * Refuses a template whose own defaults do not fit its variables, or that the pool's cloud would refuse: what `POST` and `PATCH`
 * of a pool check.
 */
export async function checkTemplate(app: App, poolType: string, baseJobTemplate: JsonObject): Promise<void> {
  await checkJobVariables(app, baseJobTemplate, [], {
    prefix: "Validation failed for work pool's job variable defaults",
    ignoreRequired: true,
    ignoreInvalidDefaults: false,
  });
  if (!isJsonObject(baseJobTemplate['job_configuration'])) return;
  const parse = await parserOf(poolType);
  if (!parse) return;
  const parsed = parse(jobOfDefaults(baseJobTemplate), { complete: false });
  if ('problems' in parsed) {
    throw new ClientError('invalid', `The base job template does not suit ${poolType}. ${sentences(parsed.problems)}`);
  }
}

async function readDefaultBlocks(app: App, baseJobTemplate: JsonObject): Promise<Map<string, Json>> {
  const blocks = new Map<string, Json>();
  for (const id of defaultBlocks(baseJobTemplate)) {
    const data = await getBlockDocumentData(app, id);
    if (data === null) throw notFound('Block not found.');
    blocks.set(id, data);
  }
  return blocks;
}

function refuse(verdict: JobVariablesVerdict, prefix: string): void {
  if (verdict.kind === 'bad-schema') throw new ClientError('invalid', verdict.message);
  if (verdict.kind === 'violation') throw new ClientError('invalid', `${prefix}: ${verdict.message}`);
}
