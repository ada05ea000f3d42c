import { itemOf } from './methods.ts';
import { operate } from './operators.ts';
import {
  argument,
  asNumber,
  compare,
  equals,
  type Filter,
  isDict,
  isTrue,
  iterate,
  joined,
  type Named,
  PythonError,
  sizeOf,
  Tuple,
  text,
  Undefined,
  type Value,
} from './values.ts';

/** Filters that call others by name get them from whoever evaluates. */
export interface Language {
  readonly filter: (name: string, value: Value, args: readonly Value[], named: Named) => Value;
  readonly test: (name: string, value: Value, args: readonly Value[]) => boolean;
}

const pair = (key: Value, item: Value): Tuple => Tuple.make([key, item]);
const reversed = (value: Value): Value =>
  typeof value === 'string' ? [...value].reverse().join('') : [...iterate(value)].reverse();
const folded = (value: Value, caseSensitive: boolean): Value =>
  typeof value === 'string' && !caseSensitive ? value.toLowerCase() : value;

/** `a.b.0` of each, Jinja's `attribute`. */
function attributes(value: Value, path: Value): Value {
  if (typeof path === 'number') return itemOf(value, path);
  return text(path)
    .split('.')
    .reduce<Value>((inner, part) => itemOf(inner, /^\d+$/.test(part) ? Number(part) : part), value);
}

function ordered(value: Value, attribute: Value | undefined, caseSensitive: boolean, reverse: boolean): Value[] {
  const key = (item: Value): Value => {
    if (attribute === undefined || attribute === null) return folded(item, caseSensitive);
    const keys = typeof attribute === 'number' ? [attribute] : text(attribute).split(',');
    return keys.map((one) => folded(attributes(item, one), caseSensitive));
  };
  const sorted = iterate(value)
    .map((item) => [key(item), item] as const)
    .toSorted(([a], [b]) => compare(a, b));
  const items = sorted.map(([, item]) => item);
  return reverse ? items.reverse() : items;
}

function extreme(value: Value, attribute: Value | undefined, direction: 1 | -1): Value {
  const sorted = ordered(value, attribute, false, direction < 0);
  return sorted[0] ?? new Undefined('No aggregated item, sequence was empty.');
}

function batched(value: Value, size: number, fill: Value | undefined): Value {
  const items = iterate(value);
  const batches: Value[][] = [];
  for (let at = 0; at < items.length; at += Math.max(1, size)) batches.push(items.slice(at, at + Math.max(1, size)));
  const last = batches.at(-1);
  while (fill !== undefined && fill !== null && last && last.length < Math.min(size, 1000)) last.push(fill);
  return batches;
}

function sliced(value: Value, count: number, fill: Value | undefined): Value {
  const items = iterate(value);
  const [each, extra] = [Math.floor(items.length / count), items.length % count];
  return Array.from({ length: Math.min(count, 1000) }, (_, place) => {
    const start = place * each + Math.min(place, extra);
    const part = items.slice(start, start + each + (place < extra ? 1 : 0));
    return fill !== undefined && fill !== null && place >= extra && extra > 0 ? [...part, fill] : part;
  });
}

function unique(value: Value, attribute: Value | undefined, caseSensitive: boolean): Value[] {
  const seen: Value[] = [];
  const texts = new Set<Value>();
  return iterate(value).filter((item) => {
    const key = folded(
      attribute === undefined || attribute === null ? item : attributes(item, attribute),
      caseSensitive,
    );
    if (typeof key === 'string') return !texts.has(key) && texts.add(key) !== null;
    if (seen.some((known) => equals(known, key))) return false;
    seen.push(key);
    return true;
  });
}

function grouped(value: Value, attribute: Value, fallback: Value | undefined): Value {
  const groups: [Value, Value[]][] = [];
  const key = (item: Value) => {
    const found = attributes(item, attribute);
    return found instanceof Undefined && fallback !== undefined ? fallback : found;
  };
  for (const item of iterate(value).toSorted((a, b) => compare(folded(key(a), false), folded(key(b), false)))) {
    const last = groups.at(-1);
    if (last && equals(folded(last[0], false), folded(key(item), false))) last[1].push(item);
    else groups.push([key(item), [item]]);
  }
  return groups.map(([one, items]) => pair(one, items));
}

const flag = (args: readonly Value[], named: Named, place: number, name: string): boolean =>
  isTrue(argument(args, named, place, name) ?? false);

export const SEQUENCE_FILTERS: Readonly<Record<string, Filter>> = {
  batch: (value, args, named) =>
    batched(value, asNumber(argument(args, named, 0, 'linecount') ?? 1) ?? 1, argument(args, named, 1, 'fill_with')),
  slice: (value, args, named) =>
    sliced(value, asNumber(argument(args, named, 0, 'slices') ?? 1) || 1, argument(args, named, 1, 'fill_with')),
  count: (value) => sizeOf(value),
  length: (value) => sizeOf(value),
  dictsort: (value, args, named) => {
    const place = text(argument(args, named, 1, 'by') ?? 'key') === 'value' ? 1 : 0;
    const caseSensitive = flag(args, named, 0, 'case_sensitive');
    const pairs = isDict(value)
      ? [...value].map(([key, item]) => pair(key, item))
      : iterate(value).map((one) => Tuple.make(iterate(one)));
    const key = (one: Tuple) => folded(one[place]!, caseSensitive);
    const sorted = pairs.toSorted((a, b) => compare(key(a), key(b)));
    return flag(args, named, 2, 'reverse') ? sorted.reverse() : sorted;
  },
  first: (value) => iterate(value)[0] ?? new Undefined('No first item, sequence was empty.'),
  last: (value) => iterate(value).at(-1) ?? new Undefined('No last item, sequence was empty.'),
  groupby: (value, args, named) =>
    grouped(value, argument(args, named, 0, 'attribute') ?? '', argument(args, named, 1, 'default')),
  items: (value) => {
    if (value instanceof Undefined) return [];
    if (!isDict(value)) throw new PythonError('TypeError', 'Can only get item pairs from a mapping.');
    return [...value].map(([key, item]) => pair(key, item));
  },
  join: (value, args, named) => {
    const attribute = argument(args, named, 1, 'attribute');
    const items = iterate(value).map((item) => text(attribute === undefined ? item : attributes(item, attribute)));
    return joined(items, text(argument(args, named, 0, 'd') ?? ''));
  },
  list: (value) => [...iterate(value)],
  max: (value, args, named) => extreme(value, argument(args, named, 1, 'attribute'), -1),
  min: (value, args, named) => extreme(value, argument(args, named, 1, 'attribute'), 1),
  reverse: reversed,
  sort: (value, args, named) =>
    ordered(
      value,
      argument(args, named, 2, 'attribute'),
      flag(args, named, 1, 'case_sensitive'),
      flag(args, named, 0, 'reverse'),
    ),
  sum: (value, args, named) => {
    const attribute = argument(args, named, 0, 'attribute');
    const items = iterate(value).map((item) =>
      attribute === undefined || attribute === null ? item : attributes(item, attribute),
    );
    return items.reduce<Value>((sum, item) => operate('+', sum, item), argument(args, named, 1, 'start') ?? 0);
  },
  unique: (value, args, named) =>
    unique(value, argument(args, named, 1, 'attribute'), flag(args, named, 0, 'case_sensitive')),
};

/** `map`, `select` and their kin, which apply filters and tests by name; null for other names. */
export function applied(
  name: string,
  value: Value,
  args: readonly Value[],
  named: Named,
  language: Language,
): Value | null {
  const items = iterate(value);
  if (name === 'map') {
    const attribute = named.get('attribute');
    if (args.length === 0 && attribute !== undefined) {
      return items.map((item) => withDefault(attributes(item, attribute), named.get('default')));
    }
    return items.map((item) => language.filter(text(args[0] ?? ''), item, args.slice(1), named));
  }
  const isByAttribute = name.endsWith('attr');
  const [attribute, test, ...rest] = isByAttribute ? args : [null, ...args];
  const wanted = name.startsWith('select');
  return items.filter((item) => {
    const tested = isByAttribute ? attributes(item, attribute ?? '') : item;
    return (test === undefined ? isTrue(tested) : language.test(text(test), tested, rest)) === wanted;
  });
}

export const APPLYING = new Set(['map', 'select', 'reject', 'selectattr', 'rejectattr']);

const withDefault = (value: Value, fallback: Value | undefined): Value =>
  value instanceof Undefined && fallback !== undefined ? fallback : value;
