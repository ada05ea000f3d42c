import { describe, expect, it } from 'vitest';
import { CLOUDS } from '../../fakes/clouds.ts';
import { inMemoryCloud } from '../../fakes/in-memory-cloud.ts';
import { killEverywhere } from '../../simulation/killing.ts';
import { randomStory } from '../../simulation/random-faults.ts';
import { STORIES } from '../../simulation/stories.ts';

/** Every this many places; `node test/faults/run.ts` takes them all, on every cloud. */
const EVERY = 9;
const EVERY_ON_THE_WIRE = 41;
const TIMEOUT_MS = 120_000;
const CANCELLED = STORIES.find(({ name }) => name === 'a run is cancelled')!;

describe('functions killed at an awaited call, before or after its effect', () => {
  it.each(STORIES)(
    '$name: one container an attempt, none left, a final state, slots released',
    async (story) => {
      expect(await killEverywhere(inMemoryCloud, story, EVERY)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it.each(CLOUDS)(
    'a run is cancelled on $name: the same',
    async (cloud) => {
      expect(await killEverywhere(cloud, CANCELLED, EVERY_ON_THE_WIRE)).toEqual([]);
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

  it.each(CLOUDS)(
    'come to rest without a breach on $name',
    async (cloud) => {
      for (const seed of [11, 12]) expect({ seed, found: await randomStory(cloud, seed) }).toEqual({ seed, found: [] });
    },
    TIMEOUT_MS,
  );
});
