import { isRawNumber } from '../json/json.ts';
import { pythonRepr } from '../json/python-text.ts';

/** What a template works with: Python's values, as far as templates have them. Whole numbers are numbers, `1.0` is a `Float`. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Float
  | Undefined
  | Tuple
  | readonly Value[]
  | ReadonlyMap<Value, Value>
  | Thing
  | Callable;

export type Named = ReadonlyMap<string, Value>;
export type Callable = (args: readonly Value[], named: Named) => Value;

/** A filter: the value, its other arguments, and those by name. */
export type Filter = (value: Value, args: readonly Value[], named: Named) => Value;

/** An argument by its place or its name. */
export const argument = (args: readonly Value[], named: Named, place: number, name: string): Value | undefined =>
  args[place] ?? named.get(name);

/** So long may a text or a list become that a template makes: a few characters of template could else fill the memory. */
const LONGEST = 500_000;
/** Lists within lists that are looked through: a template can make them double with each. */
const DEEPEST = 20;

export function boundedLength(length: number): void {
  if (length > LONGEST) throw new PythonError('MemoryError', `${length} characters or elements are too many.`);
}

export function bounded(made: string): string {
  boundedLength(made.length);
  return made;
}

function boundedDepth(depth: number): number {
  if (depth > DEEPEST) throw new PythonError('RecursionError', 'maximum recursion depth exceeded');
  return depth + 1;
}

/** A float that happens to be whole. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  toJSON(): number {
    return this.value;
  }
}

export class Tuple extends Array<Value> {
  static make(items: readonly Value[]): Tuple {
    const tuple = new Tuple();
    tuple.push(...items);
    return tuple;
  }
}

/** What is not there: empty as a text, and so is everything below it. Who calculates with it or calls it is told what is missing. */
export class Undefined {
  readonly problem: PythonError;
  constructor(message: string, kind = 'UndefinedError') {
    this.problem = new PythonError(kind, message);
  }
}

/** An object with attributes of its own. */
export abstract class Thing {
  /** The name of its class, for sentences about it. */
  abstract readonly className: string;
  abstract text(): string;
  abstract json(): unknown;
  attribute(_name: string): Value | undefined {
    return undefined;
  }
  item(_key: Value): Value | undefined {
    return undefined;
  }
  items(): readonly Value[] | null {
    return null;
  }
  repr(): string {
    return this.text();
  }
  /** What filters of texts work on. */
  characters(): string {
    return this.text();
  }
  /** What it is in comparisons: things of one kind compare by it. */
  order(): number | string | null {
    return null;
  }
}

/** An exception of Python's: its message is spelt as `repr` spells the exception. */
export class PythonError extends Error {
  override readonly name = 'PythonError';
  constructor(kind: string, message: string) {
    super(`${kind}(${pythonRepr(message)})`);
  }
}

export const float = (value: number): Value => (Number.isInteger(value) ? new Float(value) : value);
export const isDict = (value: Value): value is ReadonlyMap<Value, Value> => value instanceof Map;
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
export const isNumber = (value: Value): value is number | Float | boolean =>
  typeof value === 'number' || typeof value === 'boolean' || value instanceof Float;

export function typeName(value: Value): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'string') return 'str';
  if (value instanceof Float) return 'float';
  if (value instanceof Tuple) return 'tuple';
  if (value instanceof Undefined) return 'ChainableUndefined';
  if (value instanceof Thing) return value.className;
  if (isDict(value)) return 'dict';
  return isList(value) ? 'list' : 'function';
}

/** Python's `str`. */
export function text(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Undefined) return '';
  return value instanceof Thing ? value.text() : repr(value);
}

/** What filters of texts work on: of a member of an enumeration its value. */
export const characters = (value: Value): string => (value instanceof Thing ? value.characters() : text(value));

export function repr(value: Value): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return pythonRepr(value);
  if (value instanceof Float) return Math.abs(value.value) < 1e16 ? `${value.value}.0` : exponential(value.value);
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof Thing) return value.repr();
  if (isDict(value)) return `{${joined([...value].map(([key, item]) => `${repr(key)}: ${repr(item)}`))}}`;
  if (!isList(value)) return '<function>';
  const items = joined(Array.from(value, repr));
  if (!(value instanceof Tuple)) return `[${items}]`;
  return value.length === 1 ? `(${items},)` : `(${items})`;
}

/** The parts in one text, unless that would be too long. */
export function joined(parts: readonly string[], separator = ', '): string {
  boundedLength(parts.reduce((sum, part) => sum + part.length + separator.length, 0));
  return parts.join(separator);
}

/** With two digits in the exponent at least; as many after the point as are asked for, or as it takes. */
export const exponential = (value: number, digits?: number): string =>
  value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');

export function isTrue(value: Value): boolean {
  if (value instanceof Undefined) return false;
  if (value instanceof Float) return value.value !== 0;
  if (isDict(value)) return value.size > 0;
  if (isList(value)) return value.length > 0;
  return Boolean(value);
}

/** What a loop goes through: characters, elements, keys. */
export function iterate(value: Value): readonly Value[] {
  if (value instanceof Undefined) return [];
  if (typeof value === 'string') return [...value];
  if (isDict(value)) return [...value.keys()];
  if (isList(value)) return value;
  const items = value instanceof Thing ? value.items() : null;
  if (items === null) throw new PythonError('TypeError', `'${typeName(value)}' object is not iterable`);
  return items;
}

export function sizeOf(value: Value): number {
  if (value instanceof Undefined) return 0;
  if (isDict(value)) return value.size;
  if (typeof value === 'string') return [...value].length;
  const items = value instanceof Thing ? value.items() : isList(value) ? value : null;
  if (items === null) throw new PythonError('TypeError', `object of type '${typeName(value)}' has no len()`);
  return items.length;
}

export function asNumber(value: Value): number | null {
  if (value instanceof Float) return value.value;
  return typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : null;
}

export function equals(a: Value, b: Value, depth = 0): boolean {
  if (a === b) return true;
  const deeper = boundedDepth(depth);
  if (a instanceof Undefined || b instanceof Undefined) return a instanceof Undefined && b instanceof Undefined;
  const [x, y] = [orderOf(a), orderOf(b)];
  if (x !== null && y !== null) return x === y;
  if (isDict(a) && isDict(b)) {
    return a.size === b.size && [...a].every(([key, item]) => b.has(key) && equals(item, b.get(key)!, deeper));
  }
  if (isList(a) && isList(b) && a instanceof Tuple === b instanceof Tuple) {
    return a.length === b.length && a.every((item, place) => equals(item, b[place]!, deeper));
  }
  return false;
}

const orderOf = (value: Value): number | string | null =>
  typeof value === 'string' ? value : value instanceof Thing ? value.order() : asNumber(value);

/** Below zero when `a` comes first. Throws for what has no order. */
export function compare(a: Value, b: Value, sign = '<'): number {
  for (const side of [a, b]) if (side instanceof Undefined) throw side.problem;
  const [x, y] = [orderOf(a), orderOf(b)];
  if (x !== null && typeof x === typeof y && a instanceof Thing === b instanceof Thing)
    return x < y! ? -1 : x > y! ? 1 : 0;
  if (typeof x === 'string' && typeof y === 'string') return x < y ? -1 : x > y ? 1 : 0;
  if (isList(a) && isList(b)) {
    const place = a.findIndex((item, index) => index >= b.length || !equals(item, b[index]!));
    if (place < 0 || place >= b.length) return a.length - b.length;
    return compare(a[place]!, b[place]!, sign);
  }
  throw new PythonError(
    'TypeError',
    `'${sign}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`,
  );
}

/** From values of JavaScript: JSON, and what is a value already. */
export function fromPlain(given: unknown): Value {
  if (given === undefined) return null;
  if (given === null || typeof given !== 'object') return given as Value;
  if (isRawNumber(given)) return (/^-?\d+$/.test(given.rawJSON) ? Number : float)(Number(given.rawJSON));
  if (given instanceof Map || given instanceof Thing || given instanceof Float || given instanceof Undefined)
    return given;
  if (given instanceof Tuple) return given;
  if (Array.isArray(given)) return given.map(fromPlain);
  return new Map(Object.entries(given).map(([key, item]) => [key, fromPlain(item)]));
}

/** The JSON of a value; a `Float` stays one. Throws for what has none. */
export function toPlain(value: Value, depth = 0): unknown {
  const deeper = boundedDepth(depth);
  if (value instanceof Thing) return value.json();
  if (isDict(value)) return Object.fromEntries([...value].map(([key, item]) => [text(key), toPlain(item, deeper)]));
  if (isList(value)) return Array.from(value, (item) => toPlain(item, deeper));
  if (value instanceof Undefined || typeof value === 'function') {
    throw new PythonError('TypeError', `Object of type ${typeName(value)} is not JSON serializable`);
  }
  return value;
}
