import { ClientError } from '../errors.ts';
import type { Json, JsonObject } from './json.ts';
import { type Failure, failuresOf, UnresolvableReference } from './json-schema-failures.ts';
import { META_SCHEMA } from './json-schema-meta.ts';
import { type PreprocessOptions, preprocessSchema, withoutRequired } from './json-schema-preprocess.ts';
import { plainNumbers } from './lossless-json.ts';
import { pythonRepr } from './python-text.ts';

export interface Violation {
  /** Where in the values, as Prefect names fields: `a.b[0]`; empty at the root. */
  readonly path: string;
  /** Python's jsonschema sentence, e.g. `'a' is not of type 'integer'`. */
  readonly message: string;
}

export interface ValidationOptions extends PreprocessOptions {
  /** Leaves `required` out, at every depth. */
  readonly ignoreRequired?: boolean;
  /** Prefect's repairs of old pydantic schemas; on unless false. */
  readonly preprocess?: boolean;
}

/**
 * Every way in which the values break the schema (draft 2020-12, local `$ref` only; formats and `unevaluated…` are not
 * asserted), the one that Prefect reports first. `[]` when they fit. Throws `ClientError` 422 for a schema that refers to
 * itself without end. Source: `prefect/utilities/schema_tools/validation.py` and jsonschema's `best_match`.
 */
export function validateAgainstSchema(
  schema: JsonObject,
  values: Json,
  options: ValidationOptions = {},
): readonly Violation[] {
  const prepared = options.preprocess === false ? schema : preprocessSchema(schema, options);
  const effective = options.ignoreRequired ? withoutRequired(prepared) : prepared;
  try {
    return bestFirst(failuresOf(effective, plainNumbers(values))).map(({ path, message }) => ({
      path: fieldName(path),
      message,
    }));
  } catch (error) {
    if (error instanceof RangeError) {
      throw new ClientError('invalid', 'Invalid schema: Unable to validate schema with circular references.');
    }
    if (!(error instanceof UnresolvableReference)) throw error;
    return [{ path: '', message: unresolvable(error.pointer, effective) }];
  }
}

/** Prefect's sentence for the violation it reports, or null when there is none. */
export function violationSentence(violations: readonly Violation[]): string | null {
  const [first] = violations;
  if (!first) return null;
  const subject = first.path === '' ? 'Validation failed.' : `Validation failed for field ${pythonRepr(first.path)}.`;
  return `${subject} Failure reason: ${first.message}`;
}

/** What is wrong with the schema itself (a keyword of the wrong type), in Python's words; null when it is well formed. */
export function schemaProblem(schema: Json): string | null {
  return bestFirst(failuresOf(META_SCHEMA, schema))[0]?.message ?? null;
}

/** The failure that `best_match` picks, then the other outermost ones. */
function bestFirst(failures: readonly Failure[]): Failure[] {
  const best = failures.reduce<Failure | undefined>(
    (chosen, next) => (chosen && relevance(next, chosen) <= 0 ? chosen : next),
    undefined,
  );
  return best ? [innermost(best), ...failures.filter((failure) => failure !== best)] : [];
}

/** Of what the branches object to, the one objection that is nearer than all others, if there is one. */
function innermost(failure: Failure): Failure {
  let best = failure;
  while (best.context.length > 0) {
    const depth = best.path.length;
    const [first, second] = best.context.toSorted((a, b) => relevance(a, b, depth));
    if (first && second && relevance(first, second, depth) === 0) return best;
    if (first) best = first;
  }
  return best;
}

/** jsonschema's order of relevance; above zero when `a` counts more. `depth` is the length of the parent's path. */
function relevance(a: Failure, b: Failure, depth = 0): number {
  const [pathA, pathB] = [a.path.slice(depth), b.path.slice(depth)];
  if (pathA.length !== pathB.length) return pathB.length - pathA.length;
  for (const [index, part] of pathA.entries()) {
    const other = pathB[index]!;
    if (part !== other) return part < other ? -1 : 1;
  }
  const weak = (failure: Failure) => (failure.keyword === 'anyOf' || failure.keyword === 'oneOf' ? 0 : 1);
  return weak(a) - weak(b) || Number(b.matchesType) - Number(a.matchesType);
}

/** Python's `json_path` without its leading `$.`, as Prefect prints it. */
function fieldName(path: Failure['path']): string {
  const text = path.reduce<string>((before, part) => {
    if (typeof part === 'number') return `${before}[${part}]`;
    if (/^[a-zA-Z][a-zA-Z0-9_]*$/.test(part)) return `${before}.${part}`;
    return `${before}['${part.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}']`;
  }, '$');
  return text === '$' ? '' : text.replaceAll('$.', '');
}

function unresolvable(reference: string, schema: Json): string {
  if (!reference.startsWith('#')) return `Unresolvable: ${reference}`;
  return `PointerToNowhere: ${pythonRepr(decodeURIComponent(reference.slice(1)))} does not exist within ${pythonRepr(schema)}`;
}
