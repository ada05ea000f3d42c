/** A text that Python's `json.loads` refuses, in its words: clients and users see them. */
export interface PythonJsonProblem {
  /** Without the place: "Expecting value". */
  readonly message: string;
  /** The offset in characters (code points), as Python counts. */
  readonly position: number;
}

/** "Expecting value: line 1 column 2 (char 1)": what `str()` of Python's `JSONDecodeError` says. */
export function pythonJsonSentence(text: string, { message, position }: PythonJsonProblem): string {
  const before = [...text].slice(0, position).join('');
  const line = before.split('\n').length;
  const column = [...before.slice(before.lastIndexOf('\n') + 1)].length + 1;
  return `${message}: line ${line} column ${column} (char ${position})`;
}

/** What Python 3.11's decoder objects to first, or null when it would take the text (`NaN` and `Infinity` included). */
export function pythonJsonProblem(text: string): PythonJsonProblem | null {
  const characters = [...text];
  try {
    const end = skipSpace(characters, value(characters, skipSpace(characters, 0)));
    if (end !== characters.length) throw new Refusal('Extra data', end);
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { message: error.message, position: error.position };
  }
}

class Refusal extends Error {
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

type Characters = readonly string[];
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/;
const WORDS = ['null', 'true', 'false', 'NaN', 'Infinity', '-Infinity'];
/** Longer than any word or number that is looked for at a place; the rest of a long number is digits. */
const LOOK_AHEAD = 64;

/** Each reader gets the place where its thing begins and returns the place behind it. */
function value(text: Characters, at: number): number {
  const first = text[at];
  if (first === '"') return string(text, at + 1);
  if (first === '{') return object(text, at + 1);
  if (first === '[') return array(text, at + 1);
  const ahead = text.slice(at, at + LOOK_AHEAD).join('');
  const word = WORDS.find((candidate) => ahead.startsWith(candidate));
  if (word) return at + word.length;
  const number = NUMBER.exec(ahead)?.[0];
  if (number === undefined) throw new Refusal('Expecting value', at);
  if (number.length < LOOK_AHEAD) return at + number.length;
  return at + (NUMBER.exec(text.slice(at).join(''))?.[0].length ?? 0);
}

function object(text: Characters, start: number): number {
  let at = skipSpace(text, start);
  if (text[at] === '}') return at + 1;
  for (;;) {
    if (text[at] !== '"') throw new Refusal('Expecting property name enclosed in double quotes', at);
    at = skipSpace(text, string(text, at + 1));
    if (text[at] !== ':') throw new Refusal("Expecting ':' delimiter", at);
    at = skipSpace(text, value(text, skipSpace(text, at + 1)));
    if (text[at] === '}') return at + 1;
    if (text[at] !== ',') throw new Refusal("Expecting ',' delimiter", at);
    at = skipSpace(text, at + 1);
  }
}

function array(text: Characters, start: number): number {
  let at = skipSpace(text, start);
  if (text[at] === ']') return at + 1;
  for (;;) {
    at = skipSpace(text, value(text, at));
    if (text[at] === ']') return at + 1;
    if (text[at] !== ',') throw new Refusal("Expecting ',' delimiter", at);
    at = skipSpace(text, at + 1);
  }
}

function string(text: Characters, start: number): number {
  for (let at = start; ; at++) {
    const character = text[at];
    if (character === undefined) throw new Refusal('Unterminated string starting at', start - 1);
    if (character === '"') return at + 1;
    if (character < ' ') throw new Refusal('Invalid control character at', at);
    if (character === '\\') at = escaped(text, at, start);
  }
}

/** Returns the place of the escape's last character. */
function escaped(text: Characters, at: number, start: number): number {
  const kind = text[at + 1];
  if (kind === undefined) throw new Refusal('Unterminated string starting at', start - 1);
  if (kind !== 'u') {
    if (!'"\\/bfnrt'.includes(kind)) throw new Refusal('Invalid \\escape', at);
    return at + 1;
  }
  const digits = text.slice(at + 2, at + 6).join('');
  // Python looks for one character behind the digits before it looks at them.
  if (at + 6 >= text.length || !/^[0-9a-fA-F]{4}$/.test(digits)) throw new Refusal('Invalid \\uXXXX escape', at + 1);
  return at + 5;
}

function skipSpace(text: Characters, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at++;
  return at;
}
