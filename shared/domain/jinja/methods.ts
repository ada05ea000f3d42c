import { braceFormat, padded } from './format.ts';
import {
  bounded,
  boundedLength,
  type Callable,
  equals,
  Float,
  isDict,
  isList,
  iterate,
  joined,
  PythonError,
  Thing,
  Tuple,
  text,
  typeName,
  Undefined,
  type Value,
} from './values.ts';

/** What would change a list or a dict: templates may only look. */
const CHANGING: Record<string, readonly string[]> = {
  list: ['append', 'reverse', 'insert', 'sort', 'extend', 'remove', 'pop', 'clear'],
  dict: ['clear', 'pop', 'popitem', 'setdefault', 'update'],
};

/** `value.name`: an attribute before an element. */
export function attributeOf(value: Value, name: string): Value {
  const found = named(value, name);
  if (found !== undefined) return found;
  const inside = element(value, name);
  return inside === undefined ? missing(value, name) : inside;
}

/** `value[key]`: an element before an attribute. */
export function itemOf(value: Value, key: Value): Value {
  const found = element(value, key);
  if (found !== undefined) return found;
  const attribute = typeof key === 'string' ? named(value, key) : undefined;
  return attribute === undefined ? missing(value, key) : attribute;
}

function missing(value: Value, key: Value): Undefined {
  if (value instanceof Undefined) return value;
  const type = typeName(value);
  const shown = value === null ? 'None' : `${type} object`;
  return typeof key === 'string'
    ? new Undefined(`'${shown}' has no attribute '${key}'`)
    : new Undefined(`${shown} has no element ${text(key)}`);
}

function element(value: Value, key: Value): Value | undefined {
  if (isDict(value)) return value.get(key instanceof Float ? key.value : key);
  if (value instanceof Thing) return value.item(key);
  if (typeof key !== 'number' || !Number.isInteger(key)) return undefined;
  const items = typeof value === 'string' ? [...value] : isList(value) ? value : [];
  return items.at(key);
}

function named(value: Value, name: string): Value | undefined {
  const type = typeName(value);
  if (name.startsWith('_') || CHANGING[type]?.includes(name)) {
    return new Undefined(`access to attribute '${name}' of '${type}' object is unsafe.`, 'SecurityError');
  }
  if (value instanceof Thing) return value.attribute(name);
  if (typeof value === 'string') return textMethod(value, name);
  if (isDict(value)) return dictMethod(value, name);
  return isList(value) ? listMethod(value, name) : undefined;
}

function dictMethod(dict: ReadonlyMap<Value, Value>, name: string): Callable | undefined {
  const methods: Record<string, Callable> = {
    get: ([key, fallback]) => dict.get(key!) ?? fallback ?? null,
    keys: () => [...dict.keys()],
    values: () => [...dict.values()],
    items: () => [...dict].map((pair) => Tuple.make(pair)),
    copy: () => dict,
  };
  return Object.hasOwn(methods, name) ? methods[name] : undefined;
}

function listMethod(list: readonly Value[], name: string): Callable | undefined {
  if (name === 'count') return ([wanted]) => list.filter((item) => equals(item, wanted!)).length;
  if (name === 'copy') return () => list;
  if (name !== 'index') return undefined;
  return ([wanted]) => {
    const place = list.findIndex((item) => equals(item, wanted!));
    if (place < 0) throw new PythonError('ValueError', `${text(wanted!)} is not in list`);
    return place;
  };
}

export const titled = (given: string): string =>
  given.replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
export const capitalized = (given: string): string => given.charAt(0).toUpperCase() + given.slice(1).toLowerCase();

/** Python's `strip`, of white space or of any of these characters. */
export function stripped(
  given: string,
  characters: Value | undefined,
  sides: 'both' | 'start' | 'end' = 'both',
): string {
  const drop = characters === undefined || characters === null ? null : new Set(text(characters));
  const drops = (character: string) => (drop ? drop.has(character) : /\s/.test(character));
  let [start, end] = [0, given.length];
  while (sides !== 'end' && start < end && drops(given[start]!)) start++;
  while (sides !== 'start' && end > start && drops(given[end - 1]!)) end--;
  return given.slice(start, end);
}

const spanning = (given: string, pattern: RegExp): boolean => given.length > 0 && pattern.test(given);
const oneOf = (value: Value | undefined): string[] =>
  isList(value ?? null) ? iterate(value!).map(text) : [text(value ?? '')];

const TEXT_METHODS: Record<
  string,
  (given: string, args: readonly Value[], named: ReadonlyMap<string, Value>) => Value
> = {
  upper: (given) => given.toUpperCase(),
  lower: (given) => given.toLowerCase(),
  casefold: (given) => given.toLowerCase(),
  title: titled,
  capitalize: capitalized,
  swapcase: (given) => [...given].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join(''),
  strip: (given, [characters]) => stripped(given, characters),
  lstrip: (given, [characters]) => stripped(given, characters, 'start'),
  rstrip: (given, [characters]) => stripped(given, characters, 'end'),
  split: (given, [separator, most], named) =>
    split(given, separator ?? named.get('sep'), most ?? named.get('maxsplit')),
  rsplit: (given, [separator, most]) => {
    const parts = split(given, separator, undefined);
    const count = typeof most === 'number' ? most : parts.length;
    const head = parts.slice(0, Math.max(0, parts.length - count));
    const joined = head.length > 0 ? [head.join(separator ? text(separator) : ' ')] : [];
    return [...joined, ...parts.slice(head.length)];
  },
  splitlines: (given) => given.split(/\r\n|[\n\r]/).slice(0, /[\n\r]$/.test(given) ? -1 : undefined),
  replace: (given, [from, to, most]) => replaced(given, text(from ?? ''), text(to ?? ''), most),
  startswith: (given, [start]) => oneOf(start).some((one) => given.startsWith(one)),
  endswith: (given, [end]) => oneOf(end).some((one) => given.endsWith(one)),
  removeprefix: (given, [start]) =>
    given.startsWith(text(start ?? '')) ? given.slice(text(start ?? '').length) : given,
  removesuffix: (given, [end]) =>
    text(end ?? '') && given.endsWith(text(end!)) ? given.slice(0, -text(end!).length) : given,
  find: (given, [wanted]) => given.indexOf(text(wanted ?? '')),
  rfind: (given, [wanted]) => given.lastIndexOf(text(wanted ?? '')),
  index: (given, [wanted]) => {
    const place = given.indexOf(text(wanted ?? ''));
    if (place < 0) throw new PythonError('ValueError', 'substring not found');
    return place;
  },
  count: (given, [wanted]) => given.split(text(wanted ?? '')).length - 1,
  join: (given, [items]) => joined(iterate(items ?? []).map(text), given),
  format: (given, args, named) => bounded(braceFormat(given, args, named)),
  partition: (given, [separator]) => partition(given, text(separator ?? ''), given.indexOf(text(separator ?? ''))),
  rpartition: (given, [separator]) => {
    const place = given.lastIndexOf(text(separator ?? ''));
    return place < 0 ? Tuple.make(['', '', given]) : partition(given, text(separator ?? ''), place);
  },
  zfill: (given, [width]) => padded(given, Number(width), '=', '0'),
  ljust: (given, [width, fill]) => padded(given, Number(width), '<', text(fill ?? ' ')),
  rjust: (given, [width, fill]) => padded(given, Number(width), '>', text(fill ?? ' ')),
  center: (given, [width, fill]) => padded(given, Number(width), '^', text(fill ?? ' ')),
  isdigit: (given) => spanning(given, /^\d+$/),
  isnumeric: (given) => spanning(given, /^\p{N}+$/u),
  isalpha: (given) => spanning(given, /^\p{L}+$/u),
  isalnum: (given) => spanning(given, /^[\p{L}\p{N}]+$/u),
  isspace: (given) => spanning(given, /^\s+$/),
  isupper: (given) => given === given.toUpperCase() && given !== given.toLowerCase(),
  islower: (given) => given === given.toLowerCase() && given !== given.toUpperCase(),
};

export function textMethod(given: string, name: string): Callable | undefined {
  const method = Object.hasOwn(TEXT_METHODS, name) ? TEXT_METHODS[name] : undefined;
  return method && ((args, named) => method(given, args, named));
}

function split(given: string, separator: Value | undefined, most: Value | undefined): string[] {
  const parts =
    separator === undefined || separator === null ? given.trim().split(/\s+/) : given.split(text(separator));
  if ((separator === undefined || separator === null) && given.trim() === '') return [];
  const count = typeof most === 'number' && most >= 0 ? most : parts.length;
  const rest = parts.slice(count);
  return rest.length > 1 ? [...parts.slice(0, count), rest.join(separator ? text(separator) : ' ')] : parts;
}

export function replaced(given: string, from: string, to: string, most: Value | undefined): string {
  if (typeof most !== 'number' || most < 0) {
    boundedLength(given.length + given.split(from).length * to.length);
    return given.replaceAll(from, () => to);
  }
  let [made, rest] = ['', given];
  for (let times = 0; times < most && rest.includes(from); times++) {
    const place = rest.indexOf(from);
    made += rest.slice(0, place) + to;
    rest = rest.slice(place + from.length);
    if (from === '') break;
  }
  return bounded(made + rest);
}

function partition(given: string, separator: string, place: number): Tuple {
  if (place < 0) return Tuple.make([given, '', '']);
  return Tuple.make([given.slice(0, place), separator, given.slice(place + separator.length)]);
}
