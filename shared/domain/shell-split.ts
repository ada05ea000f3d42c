import { TerminalError } from './errors.ts';

/**
 * Splits a command line into words as a POSIX shell would, without expanding anything: the reading of Python's `shlex.split`,
 * which Prefect uses. Throws `TerminalError('config')` when a quote is left open.
 */
export function shellSplit(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < line.length; at++) {
    const char = line[at]!;
    if (quote === "'") {
      if (char === "'") quote = null;
      else word += char;
    } else if (char === '\\') {
      const next = line[at + 1];
      if (next === undefined) throw new TerminalError('config', `The command ends in a backslash: ${line}`);
      // inside double quotes a backslash only escapes these; elsewhere it stays
      word = (word ?? '') + (quote === '"' && !'\\"'.includes(next) ? `\\${next}` : next);
      at++;
    } else if (quote === '"') {
      if (char === '"') quote = null;
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote) throw new TerminalError('config', `The command has a ${quote} without its end: ${line}`);
  if (word !== null) words.push(word);
  return words;
}
