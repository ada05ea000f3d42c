import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventTrigger } from '../../../../shared/domain/automation.ts';
import { type CompositeTrigger, NO_CHILDREN, onChild } from '../../../../shared/domain/automations/composite.ts';

const child = (id: string): EventTrigger => ({
  type: 'event',
  id,
  match: {},
  match_related: {},
  after: [],
  expect: [id],
  for_each: [],
  posture: 'Reactive',
  threshold: 1,
  within: 0,
});
const triggers = ['a', 'b', 'c'].map(child);
const BARE = { triggering_labels: {}, triggering_event: null, triggering_firings: [] };
const T0 = Date.parse('2026-03-01T12:00:00Z');

/** At which of these firings (child, second) the parent fires. */
function play(trigger: CompositeTrigger, firings: readonly (readonly [string, number])[], times = 1): number[] {
  let children = NO_CHILDREN;
  const fired: number[] = [];
  for (const [place, [trigger_id, second]] of firings.entries()) {
    for (let time = 0; time < times; time++) {
      const triggered = new Date(T0 + second * 1000).toISOString();
      const step = onChild(trigger, children, { ...BARE, id: `f${place}`, trigger_id, triggered });
      children = step.children;
      if (step.fires) fired.push(place);
    }
  }
  return fired;
}

describe('a composite trigger', () => {
  const all: CompositeTrigger = { type: 'compound', id: 'p', triggers, within: 60, require: 'all' };

  it('forgets firings older than its time', () => {
    const spread = [
      ['a', 0],
      ['b', 30],
      ['c', 61],
      ['a', 62],
    ] as const;
    expect(play(all, spread)).toEqual([3]);
  });

  it('counts each child once, by its last firing', () => {
    expect(
      play({ ...all, require: 2 }, [
        ['a', 0],
        ['a', 1],
        ['a', 2],
        ['b', 3],
      ]),
    ).toEqual([3]);
  });

  it('fires in a sequence when the last firings are in its order', () => {
    const sequence: CompositeTrigger = { type: 'sequence', id: 'p', triggers, within: null };
    expect(
      play(sequence, [
        ['b', 0],
        ['a', 1],
        ['c', 2],
      ]),
    ).toEqual([]);
    expect(
      play(sequence, [
        ['b', 0],
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ]),
    ).toEqual([3]);
  });

  it('is indifferent to firings that come twice', () => {
    const firings = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 200 })), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(firings, fc.constantFrom<1 | 2 | 'all'>(1, 2, 'all'), (given, require) => {
        const ordered = given.toSorted((x, y) => x[1] - y[1]);
        expect(play({ ...all, require }, ordered, 2)).toEqual(play({ ...all, require }, ordered));
      }),
    );
  });
});
