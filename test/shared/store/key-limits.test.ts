import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginning, fitted, SORT_KEY_BYTES } from '../../../shared/store/key-limits.ts';
import { keys } from '../../../shared/store/keys.ts';

const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme', minLength: 300, maxLength: 2_000 }));

describe('the text of a key', () => {
  it('is itself when it fits, and never longer than a key may be', () => {
    fc.assert(
      fc.property(text, (given) => {
        const key = fitted(given, SORT_KEY_BYTES);

        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(SORT_KEY_BYTES);
        if (Buffer.byteLength(given) <= SORT_KEY_BYTES) expect(key).toBe(given);
      }),
    );
  });

  it('is another for another text, however long both begin alike', () => {
    const [a, b] = [`${'x'.repeat(3_000)}a`, `${'x'.repeat(3_000)}b`];

    expect(fitted(a, SORT_KEY_BYTES)).not.toBe(fitted(b, SORT_KEY_BYTES));
    expect(fitted(a, SORT_KEY_BYTES).startsWith('x'.repeat(900))).toBe(true);
  });

  it('is cut between letters', () => {
    expect(beginning('äää', 3)).toBe('ä');
  });

  it('is never empty in a list by name, since DynamoDB refuses that in an index, and comes first', () => {
    for (const sortOf of [
      (name: string) => keys.list('flow', name).sk,
      (name: string) => keys.children('deployment', 'f', name).sk,
    ]) {
      expect(sortOf('')).not.toBe('');
      expect([sortOf('a'), sortOf(' '), sortOf('')].toSorted()).toEqual([sortOf(''), sortOf(' '), sortOf('a')]);
    }
  });
});
