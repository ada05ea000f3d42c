import type { Json, JsonObject } from '../../shared/domain/json/json.ts';
import { pythonLiteral } from './python-literals.ts';
import { splitOutside } from './python-text.ts';

/** Python's own types, as pydantic describes them. */
const TYPES: Record<string, JsonObject> = {
  str: { type: 'string' },
  int: { type: 'integer' },
  float: { type: 'number' },
  bool: { type: 'boolean' },
  bytes: { format: 'binary', type: 'string' },
  None: { type: 'null' },
  Any: {},
  date: { format: 'date', type: 'string' },
  datetime: { format: 'date-time', type: 'string' },
  time: { format: 'time', type: 'string' },
  timedelta: { format: 'duration', type: 'string' },
  UUID: { format: 'uuid', type: 'string' },
  dict: { additionalProperties: true, type: 'object' },
  list: { items: {}, type: 'array' },
  set: { items: {}, type: 'array', uniqueItems: true },
  tuple: { items: {}, type: 'array' },
};
const MODULES = /\b(?:typing|t|datetime|uuid|dt)\.(?=\w)/g;
const OTHER_NAMES: Record<string, string> = { Dict: 'dict', List: 'list', Set: 'set' };

/** The schema of an annotation; `undefined` when it is not one of Python's own types, or made of something else. */
export function typeSchema(annotation: string): JsonObject | undefined {
  const text = annotation
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim();
  const choices = splitOutside(text, '|');
  if (choices.length > 1) return unionOf(choices);
  const [, written = '', inside] = /^([\w.]+)(?:\s*\[([\s\S]*)\])?$/.exec(text) ?? [];
  const plain = written.replaceAll(MODULES, '');
  const name = OTHER_NAMES[plain] ?? plain;
  if (inside === undefined) return Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  return generic(
    name,
    splitOutside(inside, ',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
}

function generic(name: string, args: readonly string[]): JsonObject | undefined {
  if (name === 'Optional') return unionOf([...args, 'None']);
  if (name === 'Union') return unionOf(args);
  if (name === 'Literal') return literalsOf(args.map(pythonLiteral));
  const inner = args.map(typeSchema);
  const last = inner.at(-1);
  if (last === undefined || inner.includes(undefined)) return undefined;
  if (name === 'list' && args.length === 1) return { items: last, type: 'array' };
  if (name === 'set' && args.length === 1) return { items: last, type: 'array', uniqueItems: true };
  if (name !== 'dict' || args.length !== 2 || args[0] !== 'str') return undefined;
  return { additionalProperties: Object.keys(last).length === 0 ? true : last, type: 'object' };
}

/** One flat list of choices, nothing twice, `None` last. */
function unionOf(parts: readonly string[]): JsonObject | undefined {
  const schemas = parts.map(typeSchema);
  if (schemas.some((schema) => schema === undefined)) return undefined;
  const flat = schemas.flatMap((schema) => (Array.isArray(schema?.['anyOf']) ? schema['anyOf'] : [schema as Json]));
  const distinct = new Map(flat.map((schema) => [JSON.stringify(schema), schema]));
  const none = JSON.stringify(TYPES['None']);
  const values = [...distinct].sort(([a], [b]) => Number(a === none) - Number(b === none)).map(([, schema]) => schema);
  return values.length === 1 ? (values[0] as JsonObject) : { anyOf: values };
}

function literalsOf(values: readonly (Json | undefined)[]): JsonObject | undefined {
  const types = new Set(values.map((value) => (Number.isInteger(value) ? 'integer' : typeof value)));
  const type = { string: 'string', integer: 'integer', boolean: 'boolean' }[[...types].join()];
  if (values.length === 0 || type === undefined) return undefined;
  return values.length === 1 ? { const: values[0] as Json, type } : { enum: values as Json[], type };
}
