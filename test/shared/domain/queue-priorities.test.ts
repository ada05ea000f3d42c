import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freePriority, reprioritised } from '../../../shared/domain/queue-priorities.ts';

const numbered = (priorities: number[]) => priorities.map((priority, index) => ({ id: `q${index}`, priority }));
const priority = fc.integer({ min: 1, max: 12 });
const queues = fc.uniqueArray(priority, { maxLength: 8 }).map(numbered);
const clashing = fc.array(priority, { maxLength: 8 }).map(numbered);

describe('priorities of the queues of a pool', () => {
  it('start with the lowest that nobody has', () => {
    expect(freePriority([])).toBe(1);
    expect(
      freePriority([
        { id: 'a', priority: 1 },
        { id: 'b', priority: 3 },
      ]),
    ).toBe(2);
  });

  it('are unique after any move, keep the order of the others, and give the moved queue what it asked for', () => {
    fc.assert(
      fc.property(queues, priority, (before, wanted) => {
        const moved = { id: before[0]?.id ?? 'new', priority: wanted };

        const after = reprioritised(before, moved);

        expect(new Set(after.values()).size).toBe(after.size);
        expect(after.get(moved.id)).toBe(wanted);
        const others = before.filter(({ id }) => id !== moved.id).toSorted((a, b) => a.priority - b.priority);
        const ranks = others.map(({ id }) => after.get(id) ?? 0);
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
        for (const { id, priority } of others) expect(after.get(id) ?? 0).toBeGreaterThanOrEqual(priority);
      }),
    );
  });

  it('become unique again after a crash has left two alike', () => {
    fc.assert(
      fc.property(clashing, (before) => {
        const after = reprioritised(before);

        expect([after.size, new Set(after.values()).size]).toEqual([before.length, before.length]);
      }),
    );
  });

  it('stay as they are when they are unique and nothing moves', () => {
    const before = [
      { id: 'a', priority: 2 },
      { id: 'b', priority: 7 },
    ];

    expect(Object.fromEntries(reprioritised(before))).toEqual({ a: 2, b: 7 });
  });
});
