import { describe, expect, it } from 'vitest';
import { matchesWithSets } from '../../../../shared/domain/events/character-sets.ts';

/** The values are those of Python's `fnmatch.fnmatchcase`. */
describe('a pattern with sets of characters', () => {
  it.each([
    ['run-[0-9]*', 'run-7b', true],
    ['run-[0-9]*', 'run-b', false],
    ['run-[!0-9]', 'run-b', true],
    ['run-[!0-9]', 'run-7', false],
    ['[a-cx]?', 'x1', true],
    ['[a-cx]?', 'd1', false],
    ['[]a]', ']', true],
    ['[!]a]', ']', false],
    ['[a-]', '-', true],
    ['a[b', 'a[b', true],
    ['a[]b', 'a[]b', true],
    ['*[ab]', 'xxa', true],
    ['[[]x]', '[x]', true],
    ['[', '[', true],
    ['', '', true],
    ['[a]', '', false],
  ])('%s and %j: %s', (pattern, value, expected) => {
    expect(matchesWithSets(pattern, value)).toBe(expected);
  });

  it('that cannot match takes no longer than the two are long', () => {
    expect(matchesWithSets('*[ab]'.repeat(200), 'a'.repeat(5_000).concat('c'))).toBe(false);
  });
});
