import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../../../shared/domain/events/event.ts';
import { classOfEvent } from '../../../../shared/domain/events/event.ts';
import {
  classesOfFilter,
  type EventFilter,
  matchesEvent,
  matchesPattern,
} from '../../../../shared/domain/events/matches.ts';

const event: Event = {
  id: '0194a5c8-0000-7000-8000-00000000000a',
  occurred: '2026-11-24T05:00:00.000000Z',
  event: 'prefect.flow-run.Failed',
  resource: { 'prefect.resource.id': 'prefect.flow-run.1', 'prefect.resource.name': 'swift-otter', team: 'blue' },
  related: [
    { 'prefect.resource.id': 'prefect.flow.2', 'prefect.resource.role': 'flow', owner: 'ann' },
    { 'prefect.resource.id': 'prefect.tag.urgent', 'prefect.resource.role': 'tag' },
  ],
  payload: { reason: 'Connection Timeout' },
  follows: null,
};

describe('an event filter', () => {
  it.each<[string, EventFilter, boolean]>([
    ['without criteria matches everything', {}, true],
    ['with nulls and empty lists restricts nothing', { event: null, resource: { id: [] }, id: { id: [] } }, true],
    ['takes events from `since` on', { occurred: { since: '2026-11-24T05:00:00.000000Z' } }, true],
    ['leaves out events after `until`', { occurred: { until: '2026-11-24T04:59:59.999999Z' } }, false],
    ['knows names', { event: { name: ['prefect.flow-run.Failed'] } }, true],
    ['compares names whole', { event: { name: ['prefect.flow-run'] } }, false],
    ['knows prefixes', { event: { prefix: ['nothing', 'prefect.flow-run.'] } }, true],
    ['excludes names', { event: { exclude_name: ['prefect.flow-run.Failed'] } }, false],
    ['excludes prefixes', { event: { prefix: ['prefect.'], exclude_prefix: ['prefect.flow-run'] } }, false],
    ['knows the resource by id', { resource: { id: ['prefect.flow-run.1'] } }, true],
    ['takes ids exactly', { resource: { id: ['prefect.flow-run.*'] } }, false],
    ['knows the resource by prefix', { resource: { id_prefix: ['prefect.flow-run.'] } }, true],
    ['takes wildcards in label values', { resource: { labels: { 'prefect.resource.name': 'swift-*' } } }, true],
    ['negates label values', { resource: { labels: { team: '!blue' } } }, false],
    ['matches one of several label values', { resource: { labels: { team: ['red', 'bl?e'] } } }, true],
    ['matches no label that is not there, negated or not', { resource: { labels: { colour: '!red' } } }, false],
    ['matches nothing for an empty list of label values', { resource: { labels: { team: [] } } }, false],
    ['knows related resources by id and role', { related: { id: ['prefect.flow.2'], role: ['flow'] } }, true],
    ['wants id and role of one resource', { related: { id: ['prefect.flow.2'], role: ['tag'] } }, false],
    ['knows pairs of id and role', { related: { resources_in_roles: [['prefect.flow.2', 'flow']] } }, true],
    ['does not take the subject for a related resource', { related: { id: ['prefect.flow-run.1'] } }, false],
    ['wants all of several related criteria', { related: [{ role: ['flow'] }, { role: ['deployment'] }] }, false],
    ['finds any resource', { any_resource: { id: ['prefect.tag.urgent'] } }, true],
    ['finds the subject as any resource', { any_resource: { id_prefix: ['prefect.flow-run'] } }, true],
    [
      'wants all criteria of one any_resource',
      { any_resource: { id: ['prefect.tag.urgent'], labels: { owner: 'ann' } } },
      false,
    ],
    ['knows ids of events', { id: { id: [event.id] } }, true],
    ['searches the payload', { text: { query: '"connection timeout"' } }, true],
    ['searches label values', { text: { query: 'ann -bob' } }, true],
    ['excludes words', { text: { query: 'ann -urgent' } }, false],
    ['requires words', { text: { query: '+otter +badger' } }, false],
  ])('%s', (_, filter, expected) => {
    expect(matchesEvent(filter, event)).toBe(expected);
  });

  it('is stored under a class of every event it can match', () => {
    const name = fc.constantFrom(
      'prefect.flow-run.Running',
      'prefect.task-run.X',
      'prefect.work-pool.ready',
      'mine',
      '',
    );
    const prefix = fc.constantFrom(
      '',
      'p',
      'prefect.',
      'prefect.flow',
      'prefect.flow-run.',
      'prefect.flow-run.R',
      'prefect.task-run',
      'm',
    );
    const lists = fc.record({ name: fc.option(fc.array(name)), prefix: fc.option(fc.array(prefix)) });
    fc.assert(
      fc.property(name, lists, (given, criteria) => {
        const filter = { event: criteria };
        fc.pre(matchesEvent(filter, { ...event, event: given }));
        expect(classesOfFilter(filter)).toContain(classOfEvent(given));
      }),
    );
  });
});

describe('a label pattern', () => {
  it('means what the regular expression of the same shape means', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), maxLength: 8 });
    fc.assert(
      fc.property(text, text, (pattern, value) => {
        const source = [...pattern].map((c) =>
          c === '*' ? '.*' : c === '?' ? '.' : `\\u{${c.codePointAt(0)!.toString(16)}}`,
        );
        expect(matchesPattern(pattern, value)).toBe(new RegExp(`^${source.join('')}$`, 'u').test(value));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no longer for a nasty pattern', () => {
    expect(matchesPattern('*a'.repeat(200), 'a'.repeat(5000).concat('b'))).toBe(false);
  });
});
