const CLOSING: Record<string, string> = { '{': '}', '(': ')', '[': ']' };
const TEXT = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/sy;
/** What may stand in an expression beside texts: names, numbers, blanks and operators. */
const PLAIN = /[\p{L}\p{N}_\s+\-/*%~=<>.:|,;]|!=/uy;

/**
 * What Jinja's own reading of tokens objects to in the print statement that begins at `start`, in its words: a character that
 * begins no token, a bracket that closes nothing. Null when it finds nothing, also when the statement does not end.
 */
export function tokenProblem(source: string, start: number): string | null {
  const open: string[] = [];
  for (let at = start + 2; at < source.length; ) {
    const char = source[at]!;
    if (open.length === 0 && source.startsWith('}}', at)) return null;
    if (CLOSING[char]) {
      open.push(CLOSING[char]);
      at++;
    } else if (Object.values(CLOSING).includes(char)) {
      const expected = open.pop();
      if (expected === undefined) return `unexpected '${char}'`;
      if (expected !== char) return `unexpected '${char}', expected '${expected}'`;
      at++;
    } else {
      const length = lengthAt(TEXT, source, at) || lengthAt(PLAIN, source, at);
      if (length === 0) return `unexpected char ${char === "'" ? `"'"` : `'${char}'`} at ${at}`;
      at += length;
    }
  }
  return null;
}

function lengthAt(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0].length ?? 0;
}
