import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reshare, spread } from '../../../../shared/domain/concurrency/layout.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('the shares of a limit', () => {
  it('are one up to 50 slots, and then several that sum to the limit', () => {
    expect(spread(0)).toEqual([0]);
    expect(spread(50)).toEqual([50]);
    expect(spread(51)).toEqual([26, 25]);
    expect(spread(500)).toEqual(Array(10).fill(50));
  });

  it('sum to the limit, however many slots', () => {
    fc.assert(fc.property(fc.nat(10_000), (limit) => sum(spread(limit)) === limit));
  });

  it('never let more be taken than the limit, or than is taken already when that is more', () => {
    const takens = fc.array(fc.nat(80), { maxLength: 12 });
    fc.assert(
      fc.property(fc.nat(600), takens, (limit, taken) => {
        const shares = reshare(limit, taken);
        const most = sum(shares.map((share, place) => Math.max(share, taken[place] ?? 0)));
        const beyond = sum(taken.slice(shares.length));
        expect(sum(shares)).toBe(limit);
        expect(most + beyond).toBeLessThanOrEqual(Math.max(limit, sum(taken)));
      }),
    );
  });
});
