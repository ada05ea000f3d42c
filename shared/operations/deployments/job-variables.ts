import { ClientError, notFound } from '../../domain/errors.ts';
import { jobOfDefaults } from '../../domain/job-template/resolve.ts';
import {
  blockVariables,
  defaultBlocks,
  type JobVariablesVerdict,
  validateJobVariables,
} from '../../domain/job-template/validate-template.ts';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json/json.ts';
import { type Problem, sentences } from '../../targets/parse.ts';
import { parserOf } from '../../targets/parsers.ts';
import type { App } from '../app.ts';
import { getBlockDocumentData } from '../blocks/block-documents.ts';

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
  const problems = await problemsOfCloud(app, poolType, baseJobTemplate);
  // First what blocks lack: the schema's own sentence about one would show what is in it.
  refuseCloud(
    poolType,
    problems.filter(({ path }) => blockVariables(baseJobTemplate).includes(path.split('.')[0]!)),
  );
  await checkJobVariables(app, baseJobTemplate, [], {
    prefix: "Validation failed for work pool's job variable defaults",
    ignoreRequired: true,
    ignoreInvalidDefaults: false,
  });
  refuseCloud(poolType, problems);
}

async function problemsOfCloud(app: App, poolType: string, baseJobTemplate: JsonObject): Promise<readonly Problem[]> {
  const parse = isJsonObject(baseJobTemplate['job_configuration']) ? await parserOf(poolType) : undefined;
  if (!parse) return [];
  const blocks = await readDefaultBlocks(app, baseJobTemplate);
  const { passRoles } = app.settings;
  const parsed = parse(jobOfDefaults(baseJobTemplate, blocks), { complete: false, passRoles });
  return 'problems' in parsed ? parsed.problems : [];
}

function refuseCloud(poolType: string, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new ClientError('invalid', `The base job template does not suit ${poolType}. ${sentences(problems)}`);
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
