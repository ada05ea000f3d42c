import { fixed, percentFormat } from './format.ts';
import { attributeOf, capitalized, replaced, stripped } from './methods.ts';
import { SEQUENCE_FILTERS } from './sequence-filters.ts';
import {
  argument,
  asNumber,
  bounded,
  characters,
  type Filter,
  Float,
  float,
  isDict,
  isList,
  isTrue,
  iterate,
  repr,
  sizeOf,
  Tuple,
  text,
  toPlain,
  Undefined,
  type Value,
} from './values.ts';

const numberOr = (value: Value | undefined, fallback: number): number => asNumber(value ?? null) ?? fallback;

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;', '"': '&#34;' };
const escaped: Filter = (value) => text(value).replace(/[&<>'"]/g, (found) => ESCAPES[found]!);

const fallback: Filter = (value, args, named) => {
  const isMissing =
    value instanceof Undefined || (isTrue(argument(args, named, 1, 'boolean') ?? false) && !isTrue(value));
  return isMissing ? (argument(args, named, 0, 'default_value') ?? '') : value;
};

/** Jinja's filters, with Prefect's `tojson`. */
export const FILTERS: Readonly<Record<string, Filter>> = {
  ...SEQUENCE_FILTERS,
  abs: (value) => (value instanceof Float ? new Float(Math.abs(value.value)) : Math.abs(numberOr(value, 0))),
  attr: (value, [name]) => attributeOf(value, text(name ?? '')),
  capitalize: (value) => capitalized(characters(value)),
  center: (value, args, named) => centered(characters(value), numberOr(argument(args, named, 0, 'width'), 80)),
  d: fallback,
  default: fallback,
  e: escaped,
  escape: escaped,
  forceescape: escaped,
  filesizeformat: (value, args, named) =>
    fileSize(numberOr(value, 0), isTrue(argument(args, named, 0, 'binary') ?? false)),
  float: (value, args, named) => asFloat(value, argument(args, named, 0, 'default')),
  format: (value, args, named) =>
    bounded(percentFormat(text(value), args.length > 0 ? Tuple.make(args) : new Map(named))),
  indent: (value, args, named) =>
    indented(
      text(value),
      argument(args, named, 0, 'width') ?? 4,
      argument(args, named, 1, 'first'),
      argument(args, named, 2, 'blank'),
    ),
  int: (value, args, named) =>
    asInt(value, argument(args, named, 0, 'default'), numberOr(argument(args, named, 1, 'base'), 10)),
  lower: (value) => characters(value).toLowerCase(),
  pprint: (value) => repr(value),
  replace: (value, [from, to, most]) => replaced(characters(value), text(from ?? ''), text(to ?? ''), most),
  round: (value, args, named) =>
    rounded(
      value,
      numberOr(argument(args, named, 0, 'precision'), 0),
      text(argument(args, named, 1, 'method') ?? 'common'),
    ),
  safe: (value) => value,
  string: (value) => text(value),
  striptags: (value) => withoutTags(text(value)).replace(/\s+/g, ' ').trim(),
  title: (value) => titledByWords(characters(value)),
  tojson: (value, args, named) =>
    bounded(htmlSafe(pythonJson(toPlain(value), numberOr(argument(args, named, 0, 'indent'), -1), 0))),
  trim: (value, args, named) => stripped(characters(value), argument(args, named, 0, 'chars')),
  truncate: (value, args, named) =>
    truncated(
      text(value),
      numberOr(argument(args, named, 0, 'length'), 255),
      isTrue(argument(args, named, 1, 'killwords') ?? false),
      text(argument(args, named, 2, 'end') ?? '...'),
      numberOr(argument(args, named, 3, 'leeway'), 5),
    ),
  upper: (value) => characters(value).toUpperCase(),
  urlencode: (value) => urlEncoded(value),
  urlize: escaped,
  wordcount: (value) => text(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0,
};

/** The filter, other than the method, takes an apostrophe for a part of the word. */
const titledByWords = (given: string): string =>
  given
    .split(/([-\s({[<]+)/)
    .map(capitalized)
    .join('');

/** The odd blank goes before, as Python centres in an even width. */
function centered(shown: string, width: number): string {
  const missing = Math.max(0, Math.min(width, 10_000) - sizeOf(shown));
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return ' '.repeat(left) + shown + ' '.repeat(missing - left);
}

/** In one pass: a text full of beginnings of tags is no reason to look through the rest for each. */
function withoutTags(given: string): string {
  let kept = '';
  for (let at = 0; at < given.length; ) {
    const start = given.indexOf('<', at);
    if (start < 0) return kept + given.slice(at);
    const isComment = given.startsWith('<!--', start);
    const end = given.indexOf(isComment ? '-->' : '>', start);
    if (end < 0) return kept + given.slice(at);
    kept += given.slice(at, start);
    at = end + (isComment ? 3 : 1);
  }
  return kept;
}

function fileSize(bytes: number, binary: boolean): string {
  const base = binary ? 1024 : 1000;
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const units = binary
    ? ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB']
    : ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];
  const place = Math.min(units.length, Math.floor(Math.log(bytes) / Math.log(base)));
  return `${(bytes / base ** place).toFixed(1)} ${units[place - 1]}`;
}

function asFloat(value: Value, otherwise: Value | undefined): Value {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : (asNumber(value) ?? Number.NaN);
  return Number.isNaN(number) ? (otherwise ?? new Float(0)) : float(number);
}

function asInt(value: Value, otherwise: Value | undefined, base: number): Value {
  const number = typeof value === 'string' ? fromText(value.trim(), base) : (asNumber(value) ?? Number.NaN);
  return Number.isFinite(number) ? Math.trunc(number) : (otherwise ?? 0);
}

function fromText(digits: string, base: number): number {
  if (digits === '') return Number.NaN;
  return base === 10 ? Number(digits) : Number.parseInt(digits.replace(/^0[xob]/i, ''), base);
}

function indented(shown: string, width: Value, first: Value | undefined, blank: Value | undefined): string {
  const indent = typeof width === 'string' ? width : ' '.repeat(Math.min(numberOr(width, 4), 1000));
  const lines = shown.split('\n').map((line, place) => {
    const isKept = place === 0 ? !isTrue(first ?? false) : line === '' && !isTrue(blank ?? false);
    return isKept ? line : indent + line;
  });
  return bounded(lines.join('\n'));
}

function rounded(value: Value, precision: number, method: string): Value {
  const number = numberOr(value, 0);
  const factor = 10 ** precision;
  const whole = method === 'ceil' ? Math.ceil : method === 'floor' ? Math.floor : toEven;
  const result =
    method === 'common' && precision >= 0 ? Number(fixed(number, precision)) : whole(number * factor) / factor;
  return typeof value === 'number' && Number.isInteger(value) && method === 'common' ? result : float(result);
}

/** Python rounds halves to the even neighbour. */
const toEven = (value: number): number => Number(fixed(value, 0));

function truncated(shown: string, length: number, killwords: boolean, end: string, leeway: number): string {
  if (shown.length <= length + leeway) return shown;
  const kept = shown.slice(0, Math.max(0, length - end.length));
  const words = kept.lastIndexOf(' ');
  return (killwords || words < 0 ? kept : kept.slice(0, words)) + end;
}

function urlEncoded(value: Value): string {
  const encode = (part: Value) =>
    encodeURIComponent(text(part)).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const plus = (part: Value) => encode(part).replaceAll('%20', '+');
  if (typeof value === 'string') return encode(value).replaceAll('%2F', '/');
  const pairs = isDict(value) ? [...value] : isList(value) ? value.map(iterate) : null;
  return pairs
    ? pairs.map(([key, item]) => `${plus(key!)}=${plus(item ?? '')}`).join('&')
    : encode(value).replaceAll('%2F', '/');
}

/** `json.dumps` with sorted keys, in ASCII. */
function pythonJson(value: unknown, indent: number, depth: number): string {
  if (value instanceof Float) return repr(value);
  if (typeof value !== 'object' || value === null) return ascii(JSON.stringify(value));
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const items = Array.isArray(value)
    ? value.map((item) => pythonJson(item, indent, depth + 1))
    : Object.entries(value)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, item]) => `${ascii(JSON.stringify(key))}: ${pythonJson(item, indent, depth + 1)}`);
  if (items.length === 0) return `${open}${close}`;
  if (indent < 0) return `${open}${items.join(', ')}${close}`;
  const line = `\n${' '.repeat(Math.min(indent, 100) * (depth + 1))}`;
  return `${open}${line}${items.join(`,${line}`)}\n${' '.repeat(Math.min(indent, 100) * depth)}${close}`;
}

const code = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
const ascii = (json: string): string => json.replace(/[\u007f-\uffff]/g, code);
const htmlSafe = (json: string): string => json.replace(/[<>&']/g, code);
