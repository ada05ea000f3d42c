import { matchesParts } from './matches.ts';

type Fits = (character: string) => boolean;

/**
 * Does a value match a pattern of Python's `fnmatch`: `*`, `?`, and sets of characters such as `[a-c]` and `[!0-9]`? A bracket that is
 * not closed stands for itself.
 */
export function matchesWithSets(pattern: string, value: string): boolean {
  return matchesParts(partsOf(pattern), value, (fits, character) => fits(character));
}

function partsOf(pattern: string): ('*' | Fits)[] {
  const parts: ('*' | Fits)[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    const end = character === '[' ? pattern.indexOf(']', at + (pattern[at + 1] === '!' ? 3 : 2)) : -1;
    if (end > 0) {
      parts.push(setOf(pattern.slice(at + 1, end)));
      at = end;
    } else if (character === '*') parts.push('*');
    else parts.push(character === '?' ? () => true : (other) => other === character);
  }
  return parts;
}

function setOf(body: string): Fits {
  const isNegated = body.startsWith('!');
  const members = isNegated ? body.slice(1) : body;
  const ranges: [string, string][] = [];
  for (let at = 0; at < members.length; at++) {
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    ranges.push([members[at]!, members[isRange ? at + 2 : at]!]);
    if (isRange) at += 2;
  }
  return (character) => ranges.some(([first, last]) => first <= character && character <= last) !== isNegated;
}
