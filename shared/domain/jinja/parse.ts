import { jinja } from '../libraries.ts';

/** A node of the syntax tree of the library that reads templates. */
export interface Node {
  readonly type: string;
}

interface Token {
  readonly type: string;
  readonly value: string;
}

const RAW = /\{%([-+]?)\s*raw\s*([-+]?)%\}([\s\S]*?)\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;
/** A test with arguments is read as a filter of such a name, which binds no weaker. */
export const TEST = '\0is ';
export const NEGATED_TEST = '\0is not ';

/** Reads a template. Throws what the library throws for one that cannot be read. `raw` and tests with arguments, which it lacks, are put in its words. */
export function parseTemplate(source: string): Node {
  const { parse, tokenize } = jinja();
  return parse(testsAsFilters(tokenize(source.replace(RAW, verbatim))) as never) as unknown as Node;
}

function verbatim(_: string, before: string, _open: string, text: string, _close: string, after: string): string {
  return `{{${before === '-' ? '-' : ''} ${JSON.stringify(text)} ${after === '-' ? '-' : ''}}}`;
}

/** Words that go on behind a test without an argument. */
const CONTINUING = new Set(['and', 'or', 'not', 'if', 'else', 'is', 'in']);
const CLOSING: Readonly<Record<string, string>> = {
  OpenParen: 'CloseParen',
  OpenSquareBracket: 'CloseSquareBracket',
  OpenCurlyBracket: 'CloseCurlyBracket',
};

function testsAsFilters(tokens: readonly Token[]): Token[] {
  const result: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const negated = tokens[at + 1]?.value === 'not';
    const name = tokens[at + (negated ? 2 : 1)];
    const start = at + (negated ? 3 : 2);
    const isTest = tokens[at]!.type === 'Identifier' && tokens[at]!.value === 'is' && name?.type === 'Identifier';
    const end = isTest ? endOfArgument(tokens, start) : start;
    if (end === start) {
      result.push(tokens[at]!);
      continue;
    }
    result.push({ type: 'Pipe', value: '|' });
    result.push({ type: 'Identifier', value: (negated ? NEGATED_TEST : TEST) + name!.value });
    const argument = testsAsFilters(tokens.slice(start, end));
    const inParens = tokens[start]!.type === 'OpenParen';
    result.push(
      ...(inParens ? argument : [{ type: 'OpenParen', value: '(' }, ...argument, { type: 'CloseParen', value: ')' }]),
    );
    at = end - 1;
  }
  return result;
}

/** Where the argument of a test ends that begins there; the same place when there is none. */
function endOfArgument(tokens: readonly Token[], start: number): number {
  const first = tokens[start];
  if (!first) return start;
  if (first.type === 'StringLiteral' || first.type === 'NumericLiteral') return start + 1;
  if (CLOSING[first.type]) return behindBracket(tokens, start);
  if (first.type !== 'Identifier' || CONTINUING.has(first.value)) return start;
  let end = start + 1;
  for (;;) {
    const type = tokens[end]?.type ?? '';
    if (type === 'Dot') end += 2;
    else if (type !== 'OpenCurlyBracket' && CLOSING[type]) end = behindBracket(tokens, end);
    else return end;
  }
}

function behindBracket(tokens: readonly Token[], start: number): number {
  let depth = 0;
  for (let at = start; at < tokens.length; at++) {
    const { type } = tokens[at]!;
    if (CLOSING[type]) depth++;
    if (Object.values(CLOSING).includes(type) && --depth === 0) return at + 1;
  }
  return tokens.length;
}
