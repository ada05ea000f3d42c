import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventTrigger } from '../../../../shared/domain/automation.ts';
import { type Bucket, onEvent, onTime, openWindow } from '../../../../shared/domain/automations/bucket.ts';
import { classesOfAutomation } from '../../../../shared/domain/automations/event-classes.ts';
import { bucketingKey, covers } from '../../../../shared/domain/automations/event-trigger.ts';
import type { ReceivedEvent } from '../../../../shared/domain/events/event.ts';

const T0 = Date.parse('2026-03-01T12:00:00Z');
const trigger = (given: Partial<EventTrigger> = {}): EventTrigger => ({
  type: 'event',
  id: 't',
  match: {},
  match_related: {},
  after: [],
  expect: ['x'],
  for_each: [],
  posture: 'Reactive',
  threshold: 1,
  within: 0,
  ...given,
});
const event = (second: number, name = 'x', id = `${name}-${second}`): ReceivedEvent => ({
  id,
  occurred: new Date(T0 + second * 1000).toISOString(),
  received: new Date(T0).toISOString(),
  event: name,
  resource: { 'prefect.resource.id': 'thing.1', color: 'red' },
  related: [{ 'prefect.resource.id': 'prefect.flow.1', 'prefect.resource.role': 'flow' }],
  payload: {},
  follows: null,
});

/** The ids of the events that fire when these come in this order. */
function play(one: EventTrigger, events: readonly ReceivedEvent[]): string[] {
  let bucket: Bucket | null = null;
  const fired: string[] = [];
  for (const each of events) {
    const step = onEvent(one, bucket, each);
    bucket = step.bucket;
    if (step.fires) fired.push(step.fires.event!.id);
  }
  return fired;
}

describe('a Reactive trigger', () => {
  it('fires at every event when it has no window and a threshold of one', () => {
    expect(play(trigger(), [event(0), event(1), event(2)])).toEqual(['x-0', 'x-1', 'x-2']);
  });

  it('fires at the event that reaches the threshold within the window, then waits for the window to end', () => {
    const three = trigger({ threshold: 3, within: 60 });
    expect(
      play(
        three,
        [0, 10, 20, 30, 40, 50].map((second) => event(second)),
      ),
    ).toEqual(['x-20']);
  });

  it('does not fire for events that are spread over more than the window', () => {
    const two = trigger({ threshold: 2, within: 10 });
    expect(play(two, [event(0), event(30), event(60)])).toEqual([]);
  });

  it('counts an event at the start of a window and not one at its end', () => {
    const two = trigger({ threshold: 2, within: 10 });
    expect(play(two, [event(0), event(9.999)])).toEqual(['x-9.999']);
    expect(play(two, [event(0), event(10)])).toEqual([]);
  });

  it('fires only after the events that must come first, and anew after each of them', () => {
    const after = trigger({ after: ['a'], expect: ['x'], within: 60 });
    expect(play(after, [event(0)])).toEqual([]);
    expect(play(after, [event(0, 'a'), event(1), event(2), event(3, 'a'), event(4)])).toEqual(['x-1', 'x-4']);
  });

  it('does not count an event that opens its own window', () => {
    const both = trigger({ after: ['x'], within: 60 });
    expect(play(both, [event(0)])).toEqual([]);
    expect(play(both, [event(0), event(1)])).toEqual(['x-1']);
  });

  it('is indifferent to events that come twice', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 60 }),
        (seconds, threshold, within) => {
          const events = seconds.sort((a, b) => a - b).map((second) => event(second));
          const one = trigger({ threshold, within });
          expect(
            play(
              one,
              events.flatMap((each) => [each, each]),
            ),
          ).toEqual(play(one, events));
        },
      ),
    );
  });

  it('fires at most once for threshold events and at most once in a window, whatever the order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 6 }),
        (seconds, threshold) => {
          const events = seconds.map((second, place) => event(second, 'x', `e${place}`));
          const fired = play(trigger({ threshold, within: 30 }), events);
          expect(fired.length).toBeLessThanOrEqual(Math.floor(events.length / threshold));
          expect(fired.length).toBeLessThanOrEqual(Math.floor(300 / 30) + 1);
        },
      ),
    );
  });

  it('fires in any order of events that fall into one first window', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 4, maxLength: 7 }), (seconds) => {
        const events = seconds.map((second) => event(second));
        expect(play(trigger({ threshold: 4, within: 600 }), events)).toHaveLength(1);
      }),
    );
  });
});

describe('a Proactive trigger', () => {
  const proactive = trigger({ posture: 'Proactive', after: ['a'], within: 30 });

  it('fires when its window ends without what it expects, and not before', () => {
    const { bucket } = onEvent(proactive, null, event(0, 'a'));
    expect(onTime(proactive, bucket!, T0 + 29_999).fires).toBeNull();
    const step = onTime(proactive, bucket!, T0 + 30_000);
    expect(step.fires!.event!.id).toBe('a-0');
    expect(step.bucket).toBeNull();
  });

  it('is about the last event that could have opened its window, whose end stays', () => {
    let bucket: Bucket | null = null;
    for (const each of [event(0, 'a'), event(10, 'a'), event(5, 'a')]) bucket = onEvent(proactive, bucket, each).bucket;
    expect(onTime(proactive, bucket!, T0 + 30_000).fires!.event!.id).toBe('a-10');
  });

  it('closes its window when what it expects comes', () => {
    const { bucket } = onEvent(proactive, null, event(0, 'a'));
    const closed = onEvent(proactive, bucket, event(5)).bucket!;
    expect(onTime(proactive, closed, T0 + 60_000)).toEqual({ bucket: closed, fires: null });
  });

  it('is not opened by an event that comes late, after what it expects', () => {
    for (const order of [
      [event(5), event(0, 'a')],
      [event(0, 'a'), event(5), event(4, 'a'), event(2, 'a')],
    ]) {
      let bucket: Bucket | null = null;
      for (const each of order) bucket = onEvent(proactive, bucket, each).bucket;
      expect(onTime(proactive, bucket!, T0 + 60_000).fires).toBeNull();
    }
  });

  it('is opened by an event that comes after what an earlier window expected', () => {
    let bucket: Bucket | null = null;
    for (const each of [event(5), event(6, 'a')]) bucket = onEvent(proactive, bucket, each).bucket;
    expect(onTime(proactive, bucket!, T0 + 36_000).fires!.event!.id).toBe('a-6');
  });

  it('ends the same in whatever order one opening event and those expected come, doubled or not', () => {
    const end = (events: readonly ReceivedEvent[]): boolean => {
      let bucket: Bucket | null = null;
      for (const each of events) bucket = onEvent(proactive, bucket, each).bucket;
      return bucket !== null && onTime(proactive, bucket, T0 + 300_000).fires !== null;
    };
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 3 }),
        fc.nat(60),
        fc.nat(),
        (seconds, at, seed) => {
          const events = [event(at + 0.5, 'a'), ...seconds.map((second) => event(second))];
          const inOrder = events.toSorted((a, b) => (a.occurred < b.occurred ? -1 : 1));
          const turned = [...inOrder.slice(seed % inOrder.length), ...inOrder.slice(0, seed % inOrder.length)];
          for (const order of [events, turned, inOrder.toReversed()]) {
            expect(end(order)).toBe(end(inOrder));
            expect(end(order.flatMap((each) => [each, each]))).toBe(end(inOrder));
          }
        },
      ),
    );
  });

  it('starts anew at each event that it both follows and expects', () => {
    const heart = trigger({ posture: 'Proactive', after: ['beat'], expect: ['beat', 'end'], within: 30 });
    let bucket: Bucket | null = null;
    for (const second of [0, 20, 40, 60]) bucket = onEvent(heart, bucket, event(second, 'beat')).bucket;
    expect(bucket!.end).toBe(T0 + 90_000);
    expect(onTime(heart, bucket!, T0 + 90_000).fires!.event!.id).toBe('beat-60');
    bucket = onEvent(heart, bucket, event(65, 'end')).bucket;
    bucket = onEvent(heart, bucket, event(64, 'beat')).bucket;
    expect(onTime(heart, bucket!, T0 + 200_000).fires).toBeNull();
  });

  it('has a window that stands without an event when it waits for none, and opens the next when one ends', () => {
    const standing = trigger({ posture: 'Proactive', within: 30 });
    const first = openWindow(standing, T0)!;
    const missed = onTime(standing, first, T0 + 31_000);
    expect(missed.fires).toEqual({ event: null });
    expect(missed.bucket).toMatchObject({ start: T0 + 31_000, end: T0 + 61_000, count: 0 });
    const seen = onEvent(standing, first, event(5)).bucket!;
    expect(onTime(standing, seen, T0 + 31_000).fires).toBeNull();
  });
});

describe('what a trigger covers', () => {
  it('is told by name, labels and related labels, with wildcards and negation', () => {
    expect(covers(trigger(), event(0))).toBe(true);
    expect(covers(trigger({ expect: ['y*'] }), event(0))).toBe(false);
    expect(covers(trigger({ match: { 'prefect.resource.id': 'thing.*' } }), event(0))).toBe(true);
    expect(covers(trigger({ match: { color: '!red' } }), event(0))).toBe(false);
    expect(covers(trigger({ match: { color: ['blue', 'red'] } }), event(0))).toBe(true);
    expect(covers(trigger({ match_related: { 'prefect.resource.role': 'flow' } }), event(0))).toBe(true);
    const both = [{ 'prefect.resource.role': 'flow' }, { 'prefect.resource.role': 'tag' }];
    expect(covers(trigger({ match_related: both }), event(0))).toBe(false);
  });

  it('has a bucket for each value of the labels of for_each, related ones too', () => {
    const each = trigger({ for_each: ['related:flow:prefect.resource.id', 'color', 'missing'] });
    expect(bucketingKey(each, event(0))).toEqual(['red', '', 'prefect.flow.1']);
  });

  it('puts an automation under every class of events that it can concern, and a disabled one under none', () => {
    const classes = (expected: string[], enabled = true) =>
      classesOfAutomation({ enabled, trigger: trigger({ expect: expected }) }).sort();
    expect(classes(['prefect.flow-run.*'])).toEqual(['flow-run']);
    expect(classes(['prefect.flow-run.Failed', 'mine'])).toEqual(['flow-run', 'other']);
    expect(classes(['prefect.*'])).toEqual(['flow-run', 'other', 'task-run']);
    expect(classes([])).toEqual(['flow-run', 'other', 'task-run']);
    expect(classes(['x'], false)).toEqual([]);
  });
});
