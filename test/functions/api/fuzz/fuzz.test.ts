import { describe, expect, it } from 'vitest';
import { askRandomly } from './ask-randomly.ts';

/** `node test/functions/api/fuzz/run.ts` asks ten thousand, with another seed each time. */
const REQUESTS = 400;

describe('random requests', () => {
  it('are answered, each one, and never with a 5xx', { timeout: 120_000 }, async () => {
    const statuses = new Map<number, number>();

    await askRandomly(REQUESTS, 20_261_124, (status) => statuses.set(status, (statuses.get(status) ?? 0) + 1));

    // Both what is refused and what is carried out was asked.
    expect(statuses.get(422)).toBeGreaterThan(20);
    expect((statuses.get(200) ?? 0) + (statuses.get(204) ?? 0)).toBeGreaterThan(20);
  });
});
