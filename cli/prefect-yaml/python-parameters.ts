import type { Json, JsonObject } from '../../shared/domain/json.ts';
import { splitOutside } from './python-text.ts';

/**
 * The parameter schema of a Python signature, in the shape that Prefect stores. Only what is plain in the source is said: a type
 * for the simple annotations, a default for literals. Anything else has no type, so no run is refused for what was not understood.
 */
export function parameterSchema(signature: string, { isMethod = false } = {}): JsonObject | null {
  const properties: JsonObject = {};
  const required: string[] = [];
  let position = 0;
  for (const part of splitOutside(signature, ',').map((text) => text.trim())) {
    if (part === '' || part === '/' || part === '*') continue;
    if (part.startsWith('**')) return null; // takes any name: there is nothing to hold a run to
    if (part.startsWith('*')) continue;
    const [declared = '', written] = splitOutside(part, '=').map((text) => text.trim());
    const [name = '', annotation] = splitOutside(declared, ':').map((text) => text.trim());
    if (isMethod && position === 0 && (name === 'self' || name === 'cls')) continue;
    const value = written === undefined ? undefined : literal(written);
    properties[name] = {
      ...(value !== undefined && { default: value }),
      position: position++,
      title: name,
      ...typeOf(annotation),
    };
    if (written === undefined) required.push(name);
  }
  return { title: 'Parameters', type: 'object', properties, ...(required.length > 0 && { required }) };
}

const TYPES: Record<string, JsonObject> = {
  str: { type: 'string' },
  int: { type: 'integer' },
  float: { type: 'number' },
  bool: { type: 'boolean' },
  dict: { type: 'object' },
  list: { type: 'array', items: {} },
};

function typeOf(annotation: string | undefined): JsonObject {
  if (annotation === undefined) return {};
  const plain = annotation.replace(/^["']|["']$/g, '').replaceAll(/\b(?:typing|t)\./g, '');
  const optional = /^Optional\[(.*)\]$/.exec(plain)?.[1] ?? /^(.*?)\s*\|\s*None$/.exec(plain)?.[1];
  if (optional !== undefined) {
    const inner = TYPES[optional.trim()];
    return inner ? { anyOf: [inner, { type: 'null' }] } : {};
  }
  return TYPES[plain] ?? {};
}

/** The value of a literal that JSON has too; `undefined` for everything else. */
function literal(text: string): Json | undefined {
  if (text === 'None') return null;
  if (text === 'True') return true;
  if (text === 'False') return false;
  if (/^[+-]?\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) return Number(text.replaceAll('_', ''));
  const quoted = /^(?:"([^"\\]*)"|'([^'\\]*)')$/.exec(text);
  if (quoted) return quoted[1] ?? quoted[2];
  if (text === '[]') return [];
  return text === '{}' ? {} : undefined;
}
