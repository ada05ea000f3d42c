import { isJsonObject, type Json, type JsonObject } from '../json/json.ts';
import { schemaProblem, validateAgainstSchema, violationSentence } from '../json/json-schema.ts';
import { placeholdersIn } from './placeholders.ts';
import { referencedDocument } from './references.ts';

/**
 * What is wrong with a base job template, in Prefect's words, or null: it is empty, or it has a job configuration whose
 * every placeholder is declared among its variables (prefect-api 7.1; `server/schemas/actions.py`).
 */
export function baseJobTemplateProblem(template: JsonObject): string | null {
  if (Object.keys(template).length === 0) return null;
  const { job_configuration: configuration, variables } = template;
  if (!isFilledObject(configuration) || !isFilledObject(variables)) {
    return 'The `base_job_template` must contain both a `job_configuration` key and a `variables` key.';
  }
  const declared = isJsonObject(variables['properties']) ? variables['properties'] : {};
  const used = Object.values(configuration).flatMap((value) => placeholdersIn(JSON.stringify(value)));
  const missing = new Set(used.map(({ name }) => name).filter((name) => !Object.hasOwn(declared, name)));
  if (missing.size === 0) return null;
  return `The variables specified in the job configuration template must be present as properties in the variables schema. Your job configuration uses the following undeclared variable(s): ${[...missing].join(' ,')}.`;
}

export interface JobVariablesOptions {
  /** Required variables may still be missing: a deployment's, a pool's defaults. */
  readonly ignoreRequired: boolean;
  /** A pool's own defaults must fit when it is saved; later a default that does not fit is only left out. */
  readonly ignoreInvalidDefaults: boolean;
  /** Data of the blocks that `defaultBlocks` names. */
  readonly blocks: ReadonlyMap<string, Json>;
}

export type JobVariablesVerdict =
  | { readonly kind: 'fits' }
  /** Prefect's sentence: `Validation failed for field 'x'. Failure reason: …` */
  | { readonly kind: 'violation'; readonly message: string }
  /** The template's own schema is no schema: `Invalid schema: …` */
  | { readonly kind: 'bad-schema'; readonly message: string };

const FITS: JobVariablesVerdict = { kind: 'fits' };

/**
 * Whether a pool's defaults with these layers of job variables on top fit the template's variables (prefect-api 5.6;
 * `server/api/validation.py`). A template without variables takes anything.
 */
export function validateJobVariables(
  template: JsonObject,
  layers: readonly (JsonObject | null | undefined)[],
  options: JobVariablesOptions,
): JobVariablesVerdict {
  const schema = template['variables'];
  if (!isFilledObject(schema)) return FITS;
  const problem = schemaProblem(schema);
  if (problem) return { kind: 'bad-schema', message: `Invalid schema: ${problem}` };
  const { defaults, someInvalid } = fittingDefaults(schema, options);
  const values: JsonObject = Object.assign({}, defaults, ...layers);
  const sentence = violationSentence(
    validateAgainstSchema(schema, values, {
      ignoreRequired: options.ignoreRequired || (options.ignoreInvalidDefaults && someInvalid),
      allowNullWithDefault: true,
    }),
  );
  return sentence ? { kind: 'violation', message: sentence } : FITS;
}

/** Variables whose default is a block. */
export function blockVariables(template: JsonObject): string[] {
  return defaultsIn(template['variables']).flatMap(([name, value]) =>
    referencedDocument(value) === null ? [] : [name],
  );
}

/** Ids of the blocks that defaults refer to. */
export function defaultBlocks(template: JsonObject): string[] {
  return defaultsIn(template['variables'])
    .map(([, value]) => referencedDocument(value))
    .filter((id) => id !== null);
}

function fittingDefaults(
  schema: JsonObject,
  options: JobVariablesOptions,
): { defaults: JsonObject; someInvalid: boolean } {
  const defaults: JsonObject = {};
  let someInvalid = false;
  for (const [name, given] of defaultsIn(schema)) {
    const id = referencedDocument(given);
    if (isJsonObject(given) && '$ref' in given && id === null) continue;
    const value = id === null ? given : options.blocks.get(id);
    if (value === undefined) continue;
    const fits =
      !options.ignoreInvalidDefaults ||
      validateAgainstSchema(schema, { [name]: value }, { preprocess: false, ignoreRequired: true }).length === 0;
    if (fits) defaults[name] = value;
    else someInvalid = true;
  }
  return { defaults, someInvalid };
}

function defaultsIn(schema: Json | undefined): [string, Json][] {
  const properties = isJsonObject(schema) ? schema['properties'] : undefined;
  return Object.entries(isJsonObject(properties) ? properties : {}).flatMap(([name, property]): [string, Json][] => {
    const value = isJsonObject(property) ? property['default'] : undefined;
    return value === undefined ? [] : [[name, value]];
  });
}

function isFilledObject(value: Json | undefined): value is JsonObject {
  return isJsonObject(value) && Object.keys(value).length > 0;
}
