import { matchesText, parseTextQuery } from '../filters/text-search.ts';
import {
  classesOfPrefix,
  classOfEvent,
  EVENT_CLASSES,
  type Event,
  type EventClass,
  type Resource,
  resourceId,
  resourceRole,
} from './event.ts';

type Maybe<T> = T | null | undefined;
/** Label → patterns, one of which must match: `*` and `?` are wildcards, a leading `!` negates. */
export type LabelPatterns = Readonly<Record<string, string | readonly string[]>>;

/** Prefect's `EventFilter` (prefect-api 6.2). Empty lists and absent criteria restrict nothing. */
export interface EventFilter {
  readonly occurred?: Maybe<{ readonly since?: Maybe<string>; readonly until?: Maybe<string> }>;
  readonly event?: Maybe<{
    readonly prefix?: Maybe<readonly string[]>;
    readonly exclude_prefix?: Maybe<readonly string[]>;
    readonly name?: Maybe<readonly string[]>;
    readonly exclude_name?: Maybe<readonly string[]>;
  }>;
  readonly resource?: Maybe<ResourceCriteria & { readonly distinct?: Maybe<boolean> }>;
  readonly related?: Maybe<RelatedCriteria | readonly RelatedCriteria[]>;
  readonly any_resource?: Maybe<ResourceCriteria | readonly ResourceCriteria[]>;
  readonly id?: Maybe<{ readonly id?: Maybe<readonly string[]> }>;
  readonly text?: Maybe<{ readonly query: string }>;
  readonly order?: Maybe<'ASC' | 'DESC'>;
}

export interface ResourceCriteria {
  readonly id?: Maybe<readonly string[]>;
  readonly id_prefix?: Maybe<readonly string[]>;
  readonly labels?: Maybe<LabelPatterns>;
}

export interface RelatedCriteria {
  readonly id?: Maybe<readonly string[]>;
  readonly role?: Maybe<readonly string[]>;
  readonly resources_in_roles?: Maybe<readonly (readonly [string, string])[]>;
  readonly labels?: Maybe<LabelPatterns>;
}

/**
 * Does the event match all criteria of the filter? Criteria about one resource must hold for the same resource. An absent
 * `occurred` is no restriction here; the routes give it Prefect's defaults.
 */
export function matchesEvent(filter: EventFilter, event: Event): boolean {
  return (
    inSpan(filter.occurred, event.occurred) &&
    matchesName(filter.event, event.event) &&
    (!filter.resource || matchesResource(filter.resource, event.resource)) &&
    asList(filter.related).every((criteria) => matchesRelated(criteria, event.related)) &&
    asList(filter.any_resource).every((criteria) =>
      [event.resource, ...event.related].some((resource) => matchesResource(criteria, resource)),
    ) &&
    oneOf(filter.id?.id, event.id) &&
    (!filter.text || matchesText(parseTextQuery(filter.text.query), searchable(event)))
  );
}

/** The classes of events that can match: under these a subscription is stored (rule 24). */
export function classesOfFilter(filter: EventFilter): EventClass[] {
  const { name, prefix } = filter.event ?? {};
  if (name?.length) return [...new Set(name.map(classOfEvent))];
  if (prefix?.length) return [...new Set(prefix.flatMap(classesOfPrefix))];
  return [...EVENT_CLASSES];
}

/** Does a value match a pattern with `*`, `?` and a leading `!`? A label that is not there matches nothing, negated or not. */
export function matchesPattern(pattern: string, value: string | undefined, matches: Matcher = wildcard): boolean {
  if (value === undefined) return false;
  const negated = pattern.startsWith('!');
  return matches(negated ? pattern.slice(1) : pattern, value) !== negated;
}

/** Whether a value matches a pattern that is not negated. */
export type Matcher = (pattern: string, value: string) => boolean;

export const wildcard: Matcher = (pattern, value) =>
  matchesParts(pattern, value, (part, character) => part === '?' || part === character);

/**
 * Does a value match the parts of a pattern, each of which fits one character, or any number when it is `*`? Linear in
 * value × pattern whatever they are: a client chooses both.
 */
export function matchesParts<Part>(
  parts: ArrayLike<Part | '*'>,
  value: string,
  fits: (part: Part, character: string) => boolean,
): boolean {
  let [p, v, star, mark] = [0, 0, -1, 0];
  while (v < value.length) {
    const part = parts[p];
    if (part === '*') {
      star = p++;
      mark = v;
    } else if (part !== undefined && fits(part as Part, value[v]!)) {
      p++;
      v++;
    } else if (star >= 0) {
      p = star + 1;
      v = ++mark;
    } else return false;
  }
  while (parts[p] === '*') p++;
  return p === parts.length;
}

function inSpan(span: EventFilter['occurred'], occurred: string): boolean {
  return (!span?.since || occurred >= span.since) && (!span?.until || occurred <= span.until);
}

function matchesName(criteria: EventFilter['event'], name: string): boolean {
  if (!criteria) return true;
  const starts = (prefix: string): boolean => name.startsWith(prefix);
  return (
    (!criteria.prefix?.length || criteria.prefix.some(starts)) &&
    !criteria.exclude_prefix?.some(starts) &&
    oneOf(criteria.name, name) &&
    !criteria.exclude_name?.includes(name)
  );
}

function matchesResource(criteria: ResourceCriteria, resource: Resource): boolean {
  const id = resourceId(resource);
  return (
    oneOf(criteria.id, id) &&
    (!criteria.id_prefix?.length || criteria.id_prefix.some((prefix) => id.startsWith(prefix))) &&
    matchesLabels(criteria.labels, resource)
  );
}

function matchesRelated(criteria: RelatedCriteria, related: readonly Resource[]): boolean {
  const pairs = criteria.resources_in_roles ?? [];
  const restricts =
    criteria.id?.length || criteria.role?.length || pairs.length || Object.keys(criteria.labels ?? {}).length;
  if (!restricts) return true;
  return related.some(
    (resource) =>
      oneOf(criteria.id, resourceId(resource)) &&
      oneOf(criteria.role, resourceRole(resource)) &&
      (pairs.length === 0 ||
        pairs.some(([id, role]) => id === resourceId(resource) && role === resourceRole(resource))) &&
      matchesLabels(criteria.labels, resource),
  );
}

/** Every label has a value that one of its patterns matches. */
export function matchesLabels(labels: Maybe<LabelPatterns>, resource: Resource, matches: Matcher = wildcard): boolean {
  return Object.entries(labels ?? {}).every(([label, patterns]) =>
    [patterns].flat().some((pattern) => matchesPattern(pattern, resource[label], matches)),
  );
}

/** What the text search looks through: name, label values, payload. */
function searchable(event: Event): string {
  const labels = [event.resource, ...event.related].flatMap((resource) => Object.values(resource));
  return [event.event, ...labels, JSON.stringify(event.payload)].join(' ');
}

const oneOf = (list: Maybe<readonly string[]>, value: string): boolean => !list?.length || list.includes(value);

function asList<T>(value: Maybe<T | readonly T[]>): readonly T[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
