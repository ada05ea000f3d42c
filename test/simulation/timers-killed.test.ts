import { describe, expect, it } from 'vitest';
import { TIMER_STORIES } from './timer-stories.ts';
import { killTimersEverywhere } from './timers.ts';

/** Every so many-th call is one where the process dies; 1 tries them all. */
const STRIDE = Number(process.env['TIMERS_STRIDE'] ?? 11);

describe('killed and started again at an awaited call, no timer is lost and none has its effect twice:', () => {
  it.each(TIMER_STORIES)(
    '$name',
    async (story) => {
      expect(await killTimersEverywhere(story, STRIDE)).toEqual([]);
    },
    STRIDE < 11 ? 3_600_000 : 120_000,
  );
});
