import { ClientError } from '../errors.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { schemaProblem } from './json-schema.ts';
import { failuresOf, type Path, UnresolvableReference } from './json-schema-failures.ts';
import { preprocessSchema } from './json-schema-preprocess.ts';
import { plainNumbers } from './lossless-json.ts';

/** What is wrong at a place of the values: a sentence, or where below it something is wrong. */
export type FieldError =
  | string
  | { readonly property: string; readonly errors: FieldError[] }
  | { readonly index: number; readonly errors: FieldError[] };

export interface FieldErrors {
  errors: FieldError[];
  valid: boolean;
}

/** A value that could not be made out of its recipe; it counts instead of what the schema says of its place. */
export interface UnmadeValue {
  readonly path: Path;
  readonly message: string;
}

/**
 * Everything that is wrong with values, by field, as Prefect's forms show it (`build_error_obj` in
 * `prefect/utilities/schema_tools/validation.py`). Throws `ClientError` 422 for a schema that is none.
 */
export function fieldErrors(schema: JsonObject, values: Json, unmade: readonly UnmadeValue[] = []): FieldErrors {
  const prepared = preprocessSchema(schema, {});
  const problem = schemaProblem(prepared);
  if (problem !== null) throw new ClientError('invalid', `Invalid schema: ${problem}`);
  const within = (path: Path): boolean => unmade.some((value) => value.path.every((part, at) => part === path[at]));
  const failures = checked(() => failuresOf(prepared, plainNumbers(values))).filter(({ path }) => !within(path));
  const root: FieldError[] = [];
  for (const { path, message } of unmade) enter(root, path, message);
  for (const { path, message, keyword } of failures) {
    enter(root, keyword === 'required' ? [...path, missingProperty(message)] : path, message);
  }
  return { errors: root, valid: root.length === 0 };
}

function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof RangeError) {
      throw new ClientError('invalid', 'Invalid schema: Unable to validate schema with circular references.');
    }
    if (error instanceof UnresolvableReference) throw new ClientError('invalid', `Invalid schema: ${error.message}`);
    throw error;
  }
}

/** A missing property is reported at the property, which is named first in the sentence. */
const missingProperty = (message: string): string => message.slice(0, message.indexOf(' ')).replace(/^'+|'+$/g, '');

function enter(errors: FieldError[], path: Path, message: string): void {
  const [part, ...rest] = path;
  if (part === undefined) return void errors.push(message);
  const known = rest.length === 0 ? undefined : errors.find((error) => placeOf(error) === part);
  const below = known && typeof known !== 'string' ? known.errors : [];
  if (!known)
    errors.push(typeof part === 'number' ? { index: part, errors: below } : { property: part, errors: below });
  enter(below, rest, message);
}

function placeOf(error: FieldError): string | number | null {
  if (typeof error === 'string') return null;
  return 'index' in error ? error.index : error.property;
}

/** Every recipe in values, outermost first, with its place. */
export function* recipesIn(value: Json, path: Path = []): Generator<{ path: Path; recipe: JsonObject }> {
  if (Array.isArray(value)) for (const [at, item] of value.entries()) yield* recipesIn(item, [...path, at]);
  else if (isJsonObject(value)) {
    if ('__prefect_kind' in value) yield { path, recipe: value };
    else for (const [key, item] of Object.entries(value)) yield* recipesIn(item, [...path, key]);
  }
}
