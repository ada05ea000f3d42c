import { isJsonObject, isRawNumber, type Json } from './json.ts';

/**
 * How Python spells JSON values. Prefect's messages and its substitution of placeholders inside longer text use `repr` and
 * `str`, and clients and users see the result.
 */

/** Python's `str(value)`: text as it is, everything else as `repr`. */
export function pythonStr(value: Json): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** Python's `repr(value)` of parsed JSON. `1.0` is `1` where it was not parsed losslessly: JavaScript keeps one kind of number. */
export function pythonRepr(value: Json): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'number') return pythonNumber(String(value));
  if (isRawNumber(value)) return pythonNumber(value.rawJSON);
  if (typeof value === 'string') return textRepr(value);
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([key, item]) => `${textRepr(key)}: ${pythonRepr(item)}`);
    return `{${entries.join(', ')}}`;
  }
  return `[${value.map(pythonRepr).join(', ')}]`;
}

/** Beginning and end of a text that is longer than so many characters, with how many are missing between them (Prefect's `truncated_to`). */
export function truncatedTo(length: number, text: string): string {
  if (text.length <= length) return text;
  const half = Math.floor(length / 2);
  const shorter = `${text.slice(0, half)}...${text.length - 2 * half} additional characters...${text.slice(-half)}`;
  return shorter.length < text.length ? shorter : text;
}

/** A JSON number's text as Python prints the value: whole numbers keep all digits, others become `repr(float)`. */
export function pythonNumber(text: string): string {
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

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function textRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let inner = '';
  for (const character of text) {
    if (character === quote) inner += `\\${quote}`;
    else inner += ESCAPES[character] ?? (isPrintable(character) ? character : codeEscape(character));
  }
  return quote + inner + quote;
}

/** Python leaves out control, format, surrogate, private and unassigned characters, and separators except the blank. */
function isPrintable(character: string): boolean {
  return character === ' ' || !/[\p{C}\p{Z}]/u.test(character);
}

function codeEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
