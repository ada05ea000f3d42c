import type { Json } from '../../shared/domain/json/json.ts';
import { splitOutside } from './python-text.ts';

const NUMBER = /^[+-]?\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?$/;
const TEXT = /^("""|'''|"|')([\s\S]*)\1$/;
const ESCAPES: Record<string, string> = { '\\': '\\', "'": "'", '"': '"', n: '\n', r: '\r', t: '\t', '\n': '' };

/** The value of a Python literal that JSON has too (a tuple as a list); `undefined` for every other expression. */
export function pythonLiteral(written: string): Json | undefined {
  const text = written.trim();
  if (text === 'None') return null;
  if (text === 'True') return true;
  if (text === 'False') return false;
  if (NUMBER.test(text)) return Number(text.replaceAll('_', ''));
  if (/^["']/.test(text)) return pythonTextLiteral(text) ?? undefined;
  if (/^\[[\s\S]*\]$/.test(text)) return listOf(text);
  if (/^\([\s\S]*,[\s\S]*\)$/.test(text)) return listOf(text);
  return /^\{[\s\S]*\}$/.test(text) ? mappingOf(text) : undefined;
}

/** A text in quotes; null for anything else, and for escapes that are more than a letter. */
export function pythonTextLiteral(written: string): string | null {
  const [, quote = '', inside] = TEXT.exec(written.trim()) ?? [];
  if (inside === undefined) return null;
  const plain = inside.replaceAll(/\\[\s\S]/g, '');
  if (plain.includes(quote) || (quote.length === 1 && plain.includes('\n'))) return null;
  const escapes = [...inside.matchAll(/\\([\s\S])/g)].map(([, letter = '']) => letter);
  if (!escapes.every((letter) => Object.hasOwn(ESCAPES, letter))) return null;
  return inside.replaceAll(/\\([\s\S])/g, (_, letter: string) => ESCAPES[letter] ?? '');
}

/** What stands between the brackets, without the empty piece after a last comma. */
function items(text: string): string[] {
  const parts = splitOutside(text.slice(1, -1), ',').map((part) => part.trim());
  return parts.at(-1) === '' ? parts.slice(0, -1) : parts;
}

function listOf(text: string): Json | undefined {
  const values = items(text).map(pythonLiteral);
  return values.every((value) => value !== undefined) ? values : undefined;
}

function mappingOf(text: string): Json | undefined {
  const entries = items(text).map((item) => {
    const [key = '', ...value] = splitOutside(item, ':');
    return [pythonTextLiteral(key), value.length === 1 ? pythonLiteral(value[0]!) : undefined] as const;
  });
  if (!entries.every(([key, value]) => key !== null && value !== undefined)) return undefined;
  return Object.fromEntries(entries) as Json;
}
