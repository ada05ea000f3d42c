import { isJsonObject, type Json, type JsonObject } from '../json/json.ts';
import { parseLossless } from '../json/lossless-json.ts';
import { pythonJsonProblem, pythonJsonSentence } from '../json/python-json.ts';
import { pythonStr } from '../json/python-text.ts';

/** The key that marks an object as a recipe for a value (Prefect's `utilities/schema_tools/hydration.py`). */
const KIND = '__prefect_kind';

/** Parameters that cannot be turned into values; `message` is Prefect's. */
export class HydrationError extends Error {
  override readonly name: string = 'HydrationError';
}

/** A variable that the parameters name and `variables` does not hold. */
export class VariableNotFound extends HydrationError {
  override readonly name = 'VariableNotFound';
  readonly variableName: string;

  constructor(variableName: string) {
    super(`Variable '${variableName}' not found in workspace.`);
    this.variableName = variableName;
  }
}

export interface HydrationContext {
  readonly variables: ReadonlyMap<string, Json>;
  /** Renders a Jinja template without context; throws an error whose message is the reason. */
  readonly renderTemplate: (template: string) => string;
}

/** What a recipe without its value leaves behind: nothing, the key or list item is removed. */
const REMOVED = Symbol('removed');
type Hydrated = Json | typeof REMOVED;

/**
 * Parameters with every `__prefect_kind` object replaced by the value it describes, at any depth; everything else as it is.
 * Throws `HydrationError` for the first one that has no value.
 */
export function hydrateParameters(parameters: JsonObject, context: HydrationContext): JsonObject {
  const value = hydrate(parameters, context);
  return value !== REMOVED && isJsonObject(value) ? value : {};
}

/** True when some value would have to be rendered as a template. */
export function usesTemplates(value: Json): boolean {
  if (Array.isArray(value)) return value.some(usesTemplates);
  if (!isJsonObject(value)) return false;
  return value[KIND] === 'jinja' || Object.values(value).some(usesTemplates);
}

function hydrate(value: Json, context: HydrationContext): Hydrated {
  if (Array.isArray(value)) {
    return value.map((item) => hydrate(item, context)).filter((item) => item !== REMOVED);
  }
  if (!isJsonObject(value)) return value;
  if (KIND in value) return fromRecipe(value, context);
  const kept: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    const hydrated = hydrate(item, context);
    if (hydrated !== REMOVED) define(kept, key, hydrated);
  }
  return kept;
}

function fromRecipe(recipe: JsonObject, context: HydrationContext): Hydrated {
  switch (recipe[KIND]) {
    case 'none':
      return hydrate(required(recipe, 'value'), context);
    case 'json':
      return 'value' in recipe ? fromJson(nested(recipe['value']!, context)) : REMOVED;
    case 'workspace_variable':
      return 'variable_name' in recipe ? fromVariable(nested(recipe['variable_name']!, context), context) : REMOVED;
    case 'jinja':
      return fromTemplate(nested(required(recipe, 'template'), context), context);
    default:
      return recipe['value'] ?? null;
  }
}

/** The text of a recipe may itself be a recipe; only objects are looked into. */
function nested(value: Json, context: HydrationContext): Hydrated {
  return isJsonObject(value) ? hydrate(value, context) : value;
}

function fromJson(text: Hydrated): Hydrated {
  if (typeof text !== 'string') return text;
  try {
    return parseLossless(text);
  } catch (error) {
    const problem = pythonJsonProblem(text);
    const reason = problem ? pythonJsonSentence(text, problem) : (error as SyntaxError).message;
    throw new HydrationError(`Invalid JSON: ${reason}`, { cause: error });
  }
}

function fromVariable(name: Hydrated, context: HydrationContext): Hydrated {
  if (name === REMOVED) return REMOVED;
  const text = pythonStr(name);
  const value = context.variables.get(text);
  if (value === undefined) throw new VariableNotFound(text);
  return value;
}

function fromTemplate(template: Hydrated, context: HydrationContext): Hydrated {
  if (template === REMOVED) return REMOVED;
  try {
    return context.renderTemplate(pythonStr(template));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HydrationError(`Invalid jinja: ${reason}`, { cause: error });
  }
}

function required(recipe: JsonObject, key: string): Json {
  const value = recipe[key];
  if (value === undefined) throw new HydrationError(`Missing '${key}' key in __prefect object`);
  return value;
}

/** Sets an own property even when the key is `__proto__`. */
function define(target: JsonObject, key: string, value: Json): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
