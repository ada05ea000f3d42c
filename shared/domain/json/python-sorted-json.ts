import { isRawNumber, type Json } from './json.ts';
import { pythonNumber } from './python-text.ts';

/**
 * What Python's `json.dumps(json.loads(text), sort_keys=True)` writes: `", "` and `": "` between things, keys sorted by code
 * point, all but printable ASCII escaped, numbers as Python spells them.
 */
export function pythonSortedJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return asciiString(value);
  if (typeof value === 'number') return pythonNumber(String(value));
  if (isRawNumber(value)) return pythonNumber(value.rawJSON);
  if (Array.isArray(value)) return `[${value.map(pythonSortedJson).join(', ')}]`;
  const keys = Object.keys(value).sort(byCodePoint);
  return `{${keys.map((key) => `${asciiString(key)}: ${pythonSortedJson(value[key] ?? null)}`).join(', ')}}`;
}

const SHORT_ESCAPES: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

function asciiString(text: string): string {
  const escaped = text.replaceAll(
    /[^ -~]|["\\]/g,
    (unit) => SHORT_ESCAPES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}

function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
