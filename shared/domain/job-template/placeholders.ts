import { isJsonObject, type Json, type JsonObject } from '../json/json.ts';
import { pythonStr } from '../json/python-text.ts';

/**
 * Placeholders as Prefect writes them in job templates: `{{ name }}`, `{{ a.b[0].c }}`, `{{ $NAME }}`,
 * `{{ prefect.blocks.type.name }}`, `{{ prefect.variables.name }}` (`prefect/utilities/templating`).
 */
const PLACEHOLDER = /\{\{\s*([\p{L}\p{N}_.\-[\]$]+)\s*\}\}/gu;

export const BLOCK_PREFIX = 'prefect.blocks.';
export const VARIABLE_PREFIX = 'prefect.variables.';

export type PlaceholderKind = 'standard' | 'block' | 'variable' | 'environment';

export interface Placeholder {
  /** The whole text, braces included. */
  readonly text: string;
  readonly name: string;
  readonly kind: PlaceholderKind;
}

function kindOf(name: string): PlaceholderKind {
  if (name.startsWith(BLOCK_PREFIX)) return 'block';
  if (name.startsWith(VARIABLE_PREFIX)) return 'variable';
  return name.startsWith('$') ? 'environment' : 'standard';
}

/** The placeholders of one text, in order. */
export function placeholdersIn(text: string): Placeholder[] {
  return [...text.matchAll(PLACEHOLDER)].map(([all, name = '']) => ({ text: all, name, kind: kindOf(name) }));
}

/** The placeholders of every text in a value; names of object keys are not templated. */
export function* placeholdersOf(value: Json): Generator<Placeholder> {
  if (typeof value === 'string') yield* placeholdersIn(value);
  else if (Array.isArray(value)) for (const item of value) yield* placeholdersOf(item);
  else if (isJsonObject(value)) for (const item of Object.values(value)) yield* placeholdersOf(item);
}

/** What a placeholder stands for: a value, `undefined` when there is none, or `'leave'` for a later pass. */
export interface Substitution {
  /** The value of a placeholder that is the whole text; `undefined` removes the key or item that holds it. */
  whole(placeholder: Placeholder): Json | undefined | typeof LEAVE;
  /** The value of a placeholder inside longer text; `undefined` becomes empty. */
  inline(placeholder: Placeholder, text: string): Json | undefined | typeof LEAVE;
}
export const LEAVE = Symbol('leave');

/** Substitutes through a value. Returns `undefined` when the value is a text that stands for nothing. */
export function substitute(value: Json, by: Substitution): Json | undefined {
  if (typeof value === 'string') return substituteText(value, by);
  if (Array.isArray(value)) return value.map((item) => substitute(item, by)).filter((item) => item !== undefined);
  if (!isJsonObject(value)) return value;
  const result: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    const next = substitute(item, by);
    if (next !== undefined) result[key] = next;
  }
  return result;
}

function substituteText(text: string, by: Substitution): Json | undefined {
  const [only, ...more] = placeholdersIn(text);
  if (!only) return text;
  if (more.length === 0 && only.text === text) {
    const value = by.whole(only);
    return value === LEAVE ? text : value;
  }
  return text.replaceAll(PLACEHOLDER, (all: string, name: string) => {
    const value = by.inline({ text: all, name, kind: kindOf(name) }, text);
    return value === LEAVE ? all : value === undefined ? '' : pythonStr(value);
  });
}

/** What `a.b[0].c` names inside a value; `undefined` when it names nothing. Whole numbers are list positions, as in Prefect. */
export function atPath(value: Json, path: string): Json | undefined {
  let found: Json | undefined = value;
  for (const part of path.replaceAll('[', '.').replaceAll(']', '').split('.')) {
    const position = /^[+-]?\d+(?:_\d+)*$/.test(part) ? Number(part.replaceAll('_', '')) : null;
    if (position !== null) found = Array.isArray(found) || typeof found === 'string' ? found.at(position) : undefined;
    else found = isJsonObject(found) && Object.hasOwn(found, part) ? found[part] : undefined;
    if (found === undefined) return undefined;
  }
  return found;
}
