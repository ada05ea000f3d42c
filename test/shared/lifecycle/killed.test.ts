import { describe, expect, it } from 'vitest';
import { inMemoryCloud } from '../../fakes/in-memory-cloud.ts';
import { killEverywhere } from '../../simulation/killing.ts';
import { randomStory } from '../../simulation/random-faults.ts';
import { STORIES } from '../../simulation/stories.ts';

/** Every this many places; `node test/faults/run.ts` takes them all. */
const EVERY = 9;
const TIMEOUT_MS = 120_000;

describe('functions killed at an awaited call, before or after its effect', () => {
  it.each(STORIES)(
    '$name: one container an attempt, none left, a final state, slots released',
    async (story) => {
      expect(await killEverywhere(inMemoryCloud, story, EVERY)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('random faults, kills and cancels', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'seed %i comes to rest without a breach',
    async (seed) => {
      expect(await randomStory(inMemoryCloud, seed)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
