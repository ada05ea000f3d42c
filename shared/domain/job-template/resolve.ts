import { TerminalError } from '../errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/json.ts';
import { mergeJobVariables, nestDottedKeys } from './job-variables.ts';
import { atPath, LEAVE, type Placeholder, substitute } from './placeholders.ts';
import { type Circumstances, prepareForFlowRun } from './prepare-for-flow-run.ts';
import {
  collectReferences,
  type References,
  type ReferenceValues,
  referencedDocument,
  resolveBlocks,
  resolveVariables,
  variablesIn,
} from './references.ts';

export type { References, ReferenceValues };

export interface JobSource {
  readonly baseJobTemplate: JsonObject;
  readonly deploymentJobVariables: JsonObject | null;
  readonly runJobVariables: JsonObject | null;
}

export interface JobInput extends JobSource, Circumstances {
  readonly values: ReferenceValues;
}

/**
 * From a pool's template to the job that a target starts: defaults, job variables, placeholders, blocks, variables, then
 * env, labels, name and command (prefect-api 7.4; `prefect/workers/base.py`). Warnings are sentences for the run's log.
 * Throws `TerminalError` whose message names the placeholder or block. Pure: the same input gives the same job.
 */
export function resolveJob(input: JobInput): { job: JsonObject; warnings: string[] } {
  const filled = fillTemplate(input);
  const withBlocks = resolveBlocks(filled, input.values);
  const resolved = resolveVariables(withBlocks, input.values.variables);
  if (!isJsonObject(resolved)) throw noTemplate();
  return prepareForFlowRun(resolved, input);
}

/**
 * What `resolveJob` will ask for. Blocks may hold `{{ prefect.variables.… }}` themselves: call again with the blocks that
 * were read, and the answer has those variables too.
 */
export function neededReferences(
  source: JobSource,
  blocks?: Pick<ReferenceValues, 'blockDocuments' | 'blocksByName'>,
): References {
  const filled = fillTemplate(source);
  const first = collectReferences(filled);
  if (!blocks) return first;
  return { ...first, variableNames: variablesIn(resolveBlocks(filled, blocks)) };
}

/** Template and variables put together; references to blocks and variables are still in it. */
function fillTemplate(source: JobSource): JsonObject {
  const configuration = source.baseJobTemplate['job_configuration'];
  if (!isJsonObject(configuration)) throw noTemplate();
  const template = { ...configuration };
  const defaults = defaultsOf(source.baseJobTemplate);
  const given = nestDottedKeys(mergeJobVariables(source.deploymentJobVariables, source.runJobVariables));
  const defaultEnv = defaults['env'];
  if (isJsonObject(defaultEnv) && Object.keys(defaultEnv).length > 0) {
    template['env'] = isJsonObject(template['env']) ? { ...template['env'], ...defaultEnv } : defaultEnv;
  }
  const variables = { ...defaults, ...given };
  if (isJsonObject(template['env']) && isJsonObject(variables['env'])) {
    template['env'] = { ...template['env'], ...variables['env'] };
  }
  const read = (placeholder: Placeholder) =>
    placeholder.kind === 'standard' ? atPath(variables, placeholder.name) : LEAVE;
  const filled = substitute(template, {
    // A push pool has no worker process whose environment `{{ $NAME }}` could mean: it is empty.
    whole: (placeholder) => (placeholder.kind === 'environment' ? '' : read(placeholder)),
    inline: (placeholder) => (placeholder.kind === 'environment' ? undefined : read(placeholder)),
  });
  return filled as JsonObject;
}

/**
 * The job as far as a pool's template says it, e.g. to check it when it is saved; references to variables and to blocks that are not
 * given are left out.
 */
export function jobOfDefaults(baseJobTemplate: JsonObject, blocks: ReadonlyMap<string, Json> = new Map()): JsonObject {
  const filled = fillTemplate({ baseJobTemplate, deploymentJobVariables: null, runJobVariables: null });
  return withoutReferences(filled, blocks) as JsonObject;
}

function withoutReferences(value: Json, blocks: ReadonlyMap<string, Json>): Json | undefined {
  if (typeof value === 'string') return value.includes('{{') ? undefined : value;
  const inner = (item: Json) => withoutReferences(item, blocks);
  if (Array.isArray(value)) return value.map(inner).filter((item) => item !== undefined);
  if (!isJsonObject(value)) return value;
  if ('$ref' in value) return blocks.get(referencedDocument(value) ?? '');
  const kept = Object.entries(value).map(([key, item]) => [key, inner(item)] as const);
  return Object.fromEntries(kept.filter(([, item]) => item !== undefined)) as JsonObject;
}

/** Default values of the template's variables; null says "no default". */
export function defaultsOf(baseJobTemplate: JsonObject): JsonObject {
  const variables = baseJobTemplate['variables'];
  const properties = isJsonObject(variables) ? variables['properties'] : undefined;
  const defaults: JsonObject = {};
  for (const [name, property] of Object.entries(isJsonObject(properties) ? properties : {})) {
    const value = isJsonObject(property) ? property['default'] : undefined;
    if (value !== undefined && value !== null) defaults[name] = value;
  }
  return defaults;
}

function noTemplate(): TerminalError {
  return new TerminalError(
    'job-template',
    "The work pool's base job template has no job configuration. Update the pool with a template of its type.",
  );
}
