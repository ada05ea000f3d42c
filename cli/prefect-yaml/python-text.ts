/** Reading Python source just far enough to find where brackets, texts and comments end. */

const CLOSING: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

/** The place of the bracket that closes the one at `open`; the end of the text when none does. */
export function closing(source: string, open: number): number {
  const expected: string[] = [];
  for (let at = open; at < source.length; at++) {
    const char = source[at]!;
    if (char === '#') at = lineEnd(source, at);
    else if (char === '"' || char === "'") at = textEnd(source, at);
    else if (CLOSING[char]) expected.push(CLOSING[char]);
    else if (char === expected.at(-1)) {
      expected.pop();
      if (expected.length === 0) return at;
    }
  }
  return source.length;
}

/** Splits at a character that stands outside brackets, texts and comments; comments are left out. */
export function splitOutside(source: string, by: string): string[] {
  const parts: string[] = [''];
  for (let at = 0; at < source.length; at++) {
    const char = source[at]!;
    if (char === '#') {
      at = lineEnd(source, at);
      continue;
    }
    const end = char === '"' || char === "'" ? textEnd(source, at) : CLOSING[char] ? closing(source, at) : at;
    if (end === at && char === by) parts.push('');
    else parts[parts.length - 1] += source.slice(at, end + 1);
    at = end;
  }
  return parts;
}

function lineEnd(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end < 0 ? source.length : end;
}

/** The last character of the text that begins at `at`. */
function textEnd(source: string, at: number): number {
  const quote = source.startsWith(source[at]!.repeat(3), at) ? source[at]!.repeat(3) : source[at]!;
  for (let end = at + quote.length; end < source.length; end++) {
    if (source[end] === '\\') end++;
    else if (source.startsWith(quote, end)) return end + quote.length - 1;
  }
  return source.length;
}
