import { describe, expect, it } from 'vitest';
import { pythonJsonProblem, pythonJsonSentence } from '../../../../shared/domain/json/python-json.ts';

/** What `json.loads` of Python 3.11 says of each text. */
const SENTENCES: readonly (readonly [text: string, sentence: string])[] = [
  ['', 'Expecting value: line 1 column 1 (char 0)'],
  ['{', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
  ['{"a":1,}', 'Expecting property name enclosed in double quotes: line 1 column 8 (char 7)'],
  ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
  ['{"a":}', 'Expecting value: line 1 column 6 (char 5)'],
  ['[1 2]', "Expecting ',' delimiter: line 1 column 4 (char 3)"],
  ['[1,]', 'Expecting value: line 1 column 4 (char 3)'],
  ['[\n  1,\n  x]', 'Expecting value: line 3 column 3 (char 9)'],
  ['"open', 'Unterminated string starting at: line 1 column 1 (char 0)'],
  ['"a\\', 'Unterminated string starting at: line 1 column 1 (char 0)'],
  ['"\t"', 'Invalid control character at: line 1 column 2 (char 1)'],
  ['"\\x"', 'Invalid \\escape: line 1 column 2 (char 1)'],
  ['"😀\\u12"', 'Invalid \\uXXXX escape: line 1 column 4 (char 3)'],
  ['1 1', 'Extra data: line 1 column 3 (char 2)'],
  ['01', 'Extra data: line 1 column 2 (char 1)'],
  ['nul', 'Expecting value: line 1 column 1 (char 0)'],
  [`[${'1'.repeat(100)}x]`, "Expecting ',' delimiter: line 1 column 102 (char 101)"],
];

describe("what Python's JSON decoder objects to", () => {
  it.each(SENTENCES)('%j', (text, sentence) => {
    const problem = pythonJsonProblem(text);

    expect(problem && pythonJsonSentence(text, problem)).toBe(sentence);
  });

  it('is nothing in JSON, nor in NaN and Infinity', () => {
    for (const text of ['{"a": [1, -2.5e+3, "\\u00e9", null]}', ' true ', '{}', '[ ]', 'NaN', '[-Infinity]']) {
      expect(pythonJsonProblem(text), text).toBeNull();
    }
  });
});
