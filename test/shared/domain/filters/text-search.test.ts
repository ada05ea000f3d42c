import { describe, expect, it } from 'vitest';
import { matchesText, parseTextQuery } from '../../../../shared/domain/filters/text-search.ts';

describe('a text query', () => {
  it.each([
    ['', [], [], []],
    ['  ', [], [], []],
    ['one Two', ['one', 'two'], [], []],
    ['a -b !c +d', ['a'], ['b', 'c'], ['d']],
    ['- a', ['a'], [], []],
    ['"two words" -"not these"', ['two words'], ['not these'], []],
    [String.raw`"a \"quoted\" b\\c\d"`, [String.raw`a "quoted" b\c\d`], [], []],
    ['"never closed', ['never closed'], [], []],
    ['"ends in\\', ['ends in\\'], [], []],
    ['a-b+c', ['a-b+c'], [], []],
    ['--a', [], ['-a'], []],
    ['foo"bar baz"', ['foo', 'bar baz'], [], []],
    ['+"" ""', [], [], []],
  ])('%j is read as Prefect reads it', (query, include, exclude, required) => {
    expect(parseTextQuery(query)).toEqual({ include, exclude, required });
  });

  it('matches any of its words, none of the excluded, all of the required, whatever their case', () => {
    const matches = (query: string) => matchesText(parseTextQuery(query), 'Disk FULL on node-7');

    expect(['disk', 'full other', 'other', '-disk', '+disk +full', '+disk +cpu', '', '"full on"'].map(matches)).toEqual(
      [true, true, false, false, true, false, true, true],
    );
  });
});
