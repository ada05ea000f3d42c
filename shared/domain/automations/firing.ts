import { v5 as uuid5 } from 'uuid';
import type { AutomationAction, StoredAutomation } from '../automation.ts';
import { type Event, type ReceivedEvent, type Resource, resourceId } from '../events/event.ts';
import type { JsonObject } from '../json/json.ts';
import type { ChildFiring } from './composite.ts';

/** One firing of an automation with what it still has to do; its id follows from what fired, so it is made once. */
export interface Firing {
  readonly id: string;
  /** As it was when it fired. */
  readonly automation: StoredAutomation;
  readonly triggered: string;
  readonly triggering_labels: Record<string, string>;
  readonly triggering_event: ReceivedEvent | null;
  /** Of a composite trigger: the firings that made it fire. */
  readonly triggering_firings?: readonly ChildFiring[];
  /** How many automations stand between this firing and something that no automation did. */
  readonly depth: number;
  readonly actions: readonly OwedAction[];
  /** Nobody else performs before this instant: somebody is at it, or it is tried again then. */
  readonly claimed_until: string | null;
}

export interface OwedAction {
  readonly action: AutomationAction;
  /** Those of `actions_on_trigger` see the event that says the automation was triggered. */
  readonly on: 'firing' | 'triggered';
  readonly attempts: number;
  readonly done: boolean;
}

/** What an action did: for the payload and the related resources of its events. */
export interface ActionOutcome {
  readonly related: readonly Resource[];
  readonly details: JsonObject;
}

const FIRED = '6f0d6a53-2f59-4e43-9d37-6a2a1a1f6b0d';
/** An action that runs this long after its event does not follow it (prefect-api 4.9). */
const TIGHT_MS = 5 * 60_000;

/** The id of a firing: of a trigger, in one bucket, by one cause (an event's id, or the end of a window). */
export function firingId(triggerId: string, key: readonly string[], cause: string): string {
  return uuid5(JSON.stringify([triggerId, key, cause]), FIRED);
}

export function owedActions(automation: StoredAutomation): OwedAction[] {
  const owed = (on: OwedAction['on']) => (action: AutomationAction) => ({ action, on, attempts: 0, done: false });
  return [...automation.actions.map(owed('firing')), ...automation.actions_on_trigger.map(owed('triggered'))];
}

/** `prefect.automation.triggered`. */
export function triggeredEvent(firing: Firing): Event {
  const { automation, triggering_event: event } = firing;
  return {
    id: uuid5('triggered', firing.id),
    occurred: firing.triggered,
    event: 'prefect.automation.triggered',
    resource: {
      'prefect.resource.id': `prefect.automation.${automation.id}`,
      'prefect.resource.name': automation.name,
      ...posture(automation),
    },
    related: event ? [eventResource(event.id, 'triggering-event')] : [],
    payload: { triggering_labels: firing.triggering_labels, triggering_event: event as unknown as JsonObject | null },
    follows: null,
  };
}

/** Names one performance of one action, however often it is tried. */
export function invocationId(firing: Firing, index: number): string {
  return uuid5(String(index), firing.id);
}

/** The event that an action sees as the one that caused it. */
export function causeOf(firing: Firing, owed: OwedAction): Event | null {
  return owed.on === 'triggered' ? triggeredEvent(firing) : firing.triggering_event;
}

/** `prefect.automation.action.triggered`, then `.executed` or, with a reason, `.failed`. */
export function actionEvents(
  firing: Firing,
  index: number,
  outcome: ActionOutcome,
  now: string,
  reason: string | null,
): Event[] {
  const { automation } = firing;
  const owed = firing.actions[index]!;
  const invocation = invocationId(firing, index);
  const cause = causeOf(firing, owed);
  const tight = cause && Math.abs(Date.parse(firing.triggered) - Date.parse(cause.occurred)) < TIGHT_MS;
  const resource = {
    'prefect.resource.id': `prefect.automation.${automation.id}`,
    'prefect.resource.name': automation.name,
    'prefect.trigger-type': automation.trigger.type,
    ...posture(automation),
  };
  const related = [
    ...outcome.related,
    eventResource(triggeredEvent(firing).id, 'automation-triggered-event'),
    ...(cause ? [eventResource(cause.id, 'triggering-event')] : []),
  ];
  const payload = { action_index: index, action_type: owed.action.type, invocation };
  const first = uuid5('triggered', invocation);
  return [
    {
      id: first,
      occurred: firing.triggered,
      event: 'prefect.automation.action.triggered',
      resource,
      related,
      payload,
      follows: tight ? cause.id : null,
    },
    {
      id: uuid5('ended', invocation),
      occurred: now,
      event: `prefect.automation.action.${reason === null ? 'executed' : 'failed'}`,
      resource,
      related,
      payload: { ...payload, ...(reason !== null && { reason }), ...outcome.details },
      follows: first,
    },
  ];
}

const KINDED_ID = /^(.*)\.([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/i;

/** The id in the first resource of a kind such as `prefect.flow-run` among those an event involves; null without one. */
export function inferredId(event: Event | null, kind: string): string | null {
  const found = event && resourceOfKind(event, kind);
  return found ? (KINDED_ID.exec(resourceId(found))?.[2]?.toLowerCase() ?? null) : null;
}

export function resourceOfKind(event: Event, kind: string): Resource | null {
  return [event.resource, ...event.related].find((one) => KINDED_ID.exec(resourceId(one))?.[1] === kind) ?? null;
}

const posture = ({ trigger }: StoredAutomation): Record<string, string> =>
  trigger.type === 'event' ? { 'prefect.posture': trigger.posture } : {};

const eventResource = (id: string, role: string): Resource => ({
  'prefect.resource.id': `prefect.event.${id}`,
  'prefect.resource.role': role,
});
