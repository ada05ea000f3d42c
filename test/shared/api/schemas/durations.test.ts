import { describe, expect, it } from 'vitest';
import { durationSeconds } from '../../../../shared/api/schemas/durations.ts';

/** The values are pydantic's. */
describe('a span of time', () => {
  it.each([
    ['P1Y2M3W4DT5H6M7.5S', 38_898_367.5],
    ['PT1.5H', 5_400],
    ['P1DT', 86_400],
    ['-P1D', -86_400],
    ['+PT5S', 5],
    ['2d', 172_800],
    ['1 day, 2:00:00', 93_600],
    ['1d01:30', 91_800],
    ['100:00', 360_000],
    ['-00:01:00', -60],
    ['23:59:59,5', 86_399.5],
  ])('%s is %d seconds', (text, seconds) => {
    expect(durationSeconds(text)).toBe(seconds);
  });

  it.each(['', 'P', 'PT', 'p1d', 'P1H', 'PT1D', '1:30', '00:60:00', '10', '1 00:00:00', 'P-1D'])(
    '%j is none',
    (text) => {
      expect(durationSeconds(text)).toBeNull();
    },
  );
});
