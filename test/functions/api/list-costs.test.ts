import { beforeAll, describe, expect, it } from 'vitest';
import { listCosts } from './list-costs.ts';

/** `node test/functions/api/list-costs-at-100000.ts` takes histories a hundred times apart. */
const [SMALL, LARGE] = [500, 2_000];
/** Pages of an index hold more or fewer keys by chance; a list that costs next to nothing may cost a key more in each shard. */
const [MOST_TIMES, MOST_MORE] = [1.2, 2];

describe('a list of runs', () => {
  let small: Record<string, number>;
  let large: Record<string, number>;
  beforeAll(async () => {
    small = await listCosts(SMALL);
    large = await listCosts(LARGE);
  }, 240_000);

  it('costs the same read units however long the history is', () => {
    const grown = Object.entries(large).filter(([name, units]) => units > MOST_TIMES * small[name]! + MOST_MORE);

    expect(grown.map(([name, units]) => `${name}: ${small[name]} and ${units}`)).toEqual([]);
  });

  it('costs at most 150 read units for a page of ten', () => {
    expect(Object.entries(large).filter(([, units]) => units > 150)).toEqual([]);
  });
});
