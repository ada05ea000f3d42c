import type { JsonObject } from '../json/json.ts';

/** Labels of an observed thing; `prefect.resource.id` is always among them, `prefect.resource.role` on related ones. */
export type Resource = Readonly<Record<string, string>>;

/** An event as a client sends it (Prefect's `Event`). */
export interface Event {
  readonly id: string;
  readonly occurred: string;
  readonly event: string;
  readonly resource: Resource;
  readonly related: readonly Resource[];
  readonly payload: JsonObject;
  readonly follows: string | null;
}

/** An event as the server keeps and streams it. */
export interface ReceivedEvent extends Event {
  readonly received: string;
}

/**
 * Coarse classes of events, by name: operators' subscriptions are stored under them, so that publishing reads one list
 * (rule 24). Logs are streamed the same way.
 */
export const EVENT_CLASSES = ['flow-run', 'task-run', 'other'] as const;
export type EventClass = (typeof EVENT_CLASSES)[number];

const CLASS_PREFIXES: readonly (readonly [string, EventClass])[] = [
  ['prefect.flow-run.', 'flow-run'],
  ['prefect.task-run.', 'task-run'],
];

export function classOfEvent(name: string): EventClass {
  return CLASS_PREFIXES.find(([prefix]) => name.startsWith(prefix))?.[1] ?? 'other';
}

/** The classes in which a name that starts with `prefix` can be. */
export function classesOfPrefix(prefix: string): EventClass[] {
  const inside = CLASS_PREFIXES.find(([known]) => prefix.startsWith(known));
  if (inside) return [inside[1]];
  const above = CLASS_PREFIXES.filter(([known]) => known.startsWith(prefix)).map(([, name]) => name);
  return [...above, 'other'];
}

export const resourceId = (resource: Resource): string => resource['prefect.resource.id'] ?? '';
export const resourceRole = (resource: Resource): string => resource['prefect.resource.role'] ?? '';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The id of a Prefect object in a resource id such as `prefect.flow-run.<uuid>`; null for anything else. */
export function objectId(resource: Resource | undefined, kind: string): string | null {
  const id = resource && resourceId(resource);
  if (!id?.startsWith(`${kind}.`)) return null;
  const text = id.slice(kind.length + 1);
  return UUID.test(text) ? text.toLowerCase() : null;
}

/** The flow runs an event is about: its subject, or its first related resource in the role `flow-run`. */
export function flowRunsOfEvent(event: Event): string[] {
  const related = event.related.find((resource) => resourceRole(resource) === 'flow-run');
  const ids = [objectId(event.resource, 'prefect.flow-run'), objectId(related, 'prefect.flow-run')];
  return [...new Set(ids.filter((id) => id !== null))];
}
