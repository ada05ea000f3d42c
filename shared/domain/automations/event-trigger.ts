import type { EventTrigger, ResourceSpecification } from '../automation.ts';
import { matchesWithSets } from '../events/character-sets.ts';
import { type Event, type Resource, resourceRole } from '../events/event.ts';
import { type Matcher, matchesLabels, matchesPattern, wildcard } from '../events/matches.ts';

/** Whether an event concerns a trigger at all: its name, its resource and its related resources (Prefect's `covers`). */
export function covers(trigger: EventTrigger, event: Event): boolean {
  return (
    (expects(trigger, event) || startsAfter(trigger, event)) &&
    includes(trigger.match, [event.resource]) &&
    [trigger.match_related].flat().every((specification) => includes(specification, event.related))
  );
}

/** A trigger that names no event expects every event. */
export function expects(trigger: EventTrigger, event: Event): boolean {
  return trigger.expect.length === 0 || trigger.expect.some((pattern) => matchesPattern(pattern, event.event));
}

/** Whether one of its patterns, other than by wildcards, is for events whose names begin so. */
export function asksFor({ expect, after }: EventTrigger, beginning: string): boolean {
  return [...expect, ...after].some((pattern) => pattern.startsWith(beginning));
}

export function startsAfter(trigger: EventTrigger, event: Event): boolean {
  return trigger.after.some((pattern) => matchesPattern(pattern, event.event));
}

/** Fires at each event, without a window to count in. */
export function isImmediate(trigger: EventTrigger): boolean {
  return trigger.posture === 'Reactive' && trigger.within === 0;
}

/** The values of the labels of `for_each`, in the order of the labels; a missing one is empty. */
export function bucketingKey(trigger: EventTrigger, event: Event): string[] {
  return sortedLabels(trigger).map((label) => findLabel(event, label) ?? '');
}

/** What a firing says about its bucket: each label of `for_each` with its value. */
export function labelsOfBucket(trigger: EventTrigger, key: readonly string[]): Record<string, string> {
  return Object.fromEntries(sortedLabels(trigger).map((label, place) => [label, key[place] ?? '']));
}

const sortedLabels = (trigger: EventTrigger): string[] => [...new Set(trigger.for_each)].sort();

/** As Python's `fnmatch` does, sets of characters too. */
const matches: Matcher = (pattern, value) => (pattern.includes('[') ? matchesWithSets : wildcard)(pattern, value);

const includes = (specification: ResourceSpecification, candidates: readonly Resource[]): boolean =>
  Object.keys(specification).length === 0 ||
  candidates.some((resource) => matchesLabels(specification, resource, matches));

/** `related:<role>:<label>` is the label of the first related resource in that role. */
export function findLabel({ resource, related }: Event, label: string): string | undefined {
  const parts = /^related:(.*):([^:]*)$/.exec(label);
  const inRole = parts && related.find((one) => resourceRole(one) === parts[1]);
  return inRole ? inRole[parts[2]!] : resource[label];
}
