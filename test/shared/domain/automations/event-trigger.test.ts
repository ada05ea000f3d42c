import { describe, expect, it } from 'vitest';
import type { EventTrigger } from '../../../../shared/domain/automation.ts';
import { bucketingKey, covers } from '../../../../shared/domain/automations/event-trigger.ts';
import type { Event } from '../../../../shared/domain/events/event.ts';

const trigger = (given: Partial<EventTrigger>): EventTrigger => ({
  type: 'event',
  id: 't',
  match: {},
  match_related: {},
  after: [],
  expect: ['order.*'],
  for_each: [],
  posture: 'Reactive',
  threshold: 1,
  within: 0,
  ...given,
});
const event: Event = {
  id: 'e',
  occurred: '2026-03-01T12:00:00Z',
  event: 'order.placed',
  resource: { 'prefect.resource.id': 'order.1', 'prefect.resource.name': 'run-7b', 'related:a': 'own' },
  related: [
    { 'prefect.resource.id': 'x.1', 'prefect.resource.role': 'meal', genus: 'Tulipa' },
    { 'prefect.resource.id': 'x.2', 'prefect.resource.role': 'meal', genus: 'Hemerocallis' },
    { 'prefect.resource.id': 'x.3', 'prefect.resource.role': 'a:b', genus: 'Dicentra' },
  ],
  payload: {},
  follows: null,
};

describe('an event trigger', () => {
  it.each<[string, Partial<EventTrigger>, boolean]>([
    ['a label by a set of characters', { match: { 'prefect.resource.name': 'run-[0-9]*' } }, true],
    ['not a label by other characters', { match: { 'prefect.resource.name': 'run-[!0-9]*' } }, false],
    ['one of several values', { match: { 'prefect.resource.name': ['x', 'run-*'] } }, true],
    ['a negated value', { match: { 'prefect.resource.name': '!swift-*' } }, true],
    ['no negated value of a label that is not there', { match: { colour: '!red' } }, false],
    ['two related resources', { match_related: [{ genus: 'Tulipa' }, { genus: 'Hemerocallis' }] }, true],
    ['not two of which one is missing', { match_related: [{ genus: 'Tulipa' }, { genus: 'Narcissus' }] }, false],
    [
      'not two labels of different related resources',
      { match_related: { 'prefect.resource.id': 'x.1', genus: 'Hemerocallis' } },
      false,
    ],
    ['every event after which it starts when it expects all', { expect: [], after: ['order.placed'] }, true],
  ])('covers %s', (_, given, expected) => {
    expect(covers(trigger(given), event)).toBe(expected);
  });

  it('counts for each value of labels, also of the first resource in a role', () => {
    const for_each = [
      'related:meal:genus',
      'prefect.resource.name',
      'related:a:b:genus',
      'related:a',
      'related:none:genus',
    ];

    expect(bucketingKey(trigger({ for_each }), event)).toEqual(['run-7b', 'own', 'Dicentra', 'Tulipa', '']);
  });
});
