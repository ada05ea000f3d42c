/**
 * JSON whose numbers keep their spelling. Python tells `10.0` from `10` and has whole numbers without a bound; a block's
 * checksum and its data must survive the way through JavaScript. A number that JavaScript would spell otherwise is kept as
 * V8's raw JSON, which `JSON.stringify` writes as it came.
 */

/** A number kept as its text. */
export interface RawNumber {
  readonly rawJSON: string;
}

export type LosslessJson =
  | string
  | number
  | boolean
  | null
  | RawNumber
  | LosslessJson[]
  | { [key: string]: LosslessJson };
export type LosslessObject = { [key: string]: LosslessJson };

/** ES2026's "JSON.parse source text access", which Node 24 has and TypeScript's library does not name yet. */
const SourceJson = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
};

/** Parses JSON without losing a digit. Throws `SyntaxError`. */
export function parseLossless(text: string): LosslessJson {
  return SourceJson.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? SourceJson.rawJSON(source) : value,
  ) as LosslessJson;
}

export function isRawNumber(value: unknown): value is RawNumber {
  return SourceJson.isRawJSON(value);
}

/** True for a JSON object: no list, no null, no raw number. */
export function isLosslessObject(value: unknown): value is LosslessObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value);
}

/**
 * What Python's `json.dumps(json.loads(text), sort_keys=True)` writes: `", "` and `": "` between things, keys sorted by code
 * point, all but printable ASCII escaped, numbers as Python spells them.
 */
export function pythonSortedJson(value: LosslessJson): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return asciiString(value);
  if (typeof value === 'number') return pythonNumber(String(value));
  if (isRawNumber(value)) return pythonNumber(value.rawJSON);
  if (Array.isArray(value)) return `[${value.map(pythonSortedJson).join(', ')}]`;
  const keys = Object.keys(value).sort(byCodePoint);
  return `{${keys.map((key) => `${asciiString(key)}: ${pythonSortedJson(value[key] ?? null)}`).join(', ')}}`;
}

/** A JSON number's text as Python prints the value: whole numbers keep all digits, others become `repr(float)`. */
function pythonNumber(text: string): string {
  if (/^-?\d+$/.test(text)) return text === '-0' ? '0' : text;
  const value = Number(text);
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const plain = String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
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
