import type { CompoundTrigger, SequenceTrigger, StoredAutomation, Trigger } from '../automation.ts';
import type { ReceivedEvent } from '../events/event.ts';

export type CompositeTrigger = CompoundTrigger | SequenceTrigger;

/** A firing of one of the triggers that a composite one holds. */
export interface ChildFiring {
  readonly id: string;
  readonly trigger_id: string;
  readonly triggered: string;
  /** What templates see of it, and of the firings that made it fire when it is composite itself. */
  readonly triggering_labels: Readonly<Record<string, string>>;
  readonly triggering_event: ReceivedEvent | null;
  readonly triggering_firings: readonly ChildFiring[];
}

/** What a composite trigger remembers: the last firing of each child since it fired itself. */
export interface Children {
  readonly firings: readonly ChildFiring[];
  /** Ids that have been used up: a firing that comes twice counts once. */
  readonly spent: readonly string[];
}

export const NO_CHILDREN: Children = { firings: [], spent: [] };
const SPENT = 100;

/**
 * A child fires. The parent fires when enough of its children have within its time, a sequence when all have in their order.
 * Follows `evaluate_composite_trigger` of Prefect's `server/events/triggers.py`. `children` is the same object when nothing changed;
 * `fires` has the firings that made the parent fire.
 */
export function onChild(
  trigger: CompositeTrigger,
  given: Children,
  child: ChildFiring,
): { readonly children: Children; readonly fires: readonly ChildFiring[] | null } {
  const known = given.spent.includes(child.id) || given.firings.some(({ id }) => id === child.id);
  if (known) return { children: given, fires: null };
  const oldest = trigger.within === null ? 0 : Date.parse(child.triggered) - trigger.within * 1000;
  const kept = given.firings.filter(
    ({ trigger_id, triggered }) => trigger_id !== child.trigger_id && Date.parse(triggered) >= oldest,
  );
  const firings = [...kept, child];
  if (!isReady(trigger, firings)) return { children: { ...given, firings }, fires: null };
  const spent = [...given.spent, ...firings.map(({ id }) => id)].slice(-SPENT);
  return { children: { firings: [], spent }, fires: firings };
}

/** A trigger of an automation by its id, whatever holds it; null when there is none. */
export function triggerById({ trigger }: Pick<StoredAutomation, 'trigger'>, id: string): Trigger | null {
  return allTriggers(trigger).find((one) => one.id === id) ?? null;
}

/** The composite trigger that holds another; null for the automation's own. */
export function parentOf({ trigger }: Pick<StoredAutomation, 'trigger'>, id: string): CompositeTrigger | null {
  const holds = (one: Trigger): one is CompositeTrigger =>
    one.type !== 'event' && one.triggers.some((child) => child.id === id);
  return allTriggers(trigger).find(holds) ?? null;
}

/** Those that hold others, at every depth. */
export const compositeTriggers = ({ trigger }: Pick<StoredAutomation, 'trigger'>): CompositeTrigger[] =>
  allTriggers(trigger).filter((one): one is CompositeTrigger => one.type !== 'event');

function allTriggers(trigger: Trigger): Trigger[] {
  return trigger.type === 'event' ? [trigger] : [trigger, ...trigger.triggers.flatMap(allTriggers)];
}

function isReady(trigger: CompositeTrigger, firings: readonly ChildFiring[]): boolean {
  if (trigger.type === 'compound') return firings.length >= expectedFirings(trigger);
  const order = firings.toSorted((a, b) => Date.parse(a.triggered) - Date.parse(b.triggered));
  return (
    order.length === trigger.triggers.length &&
    order.every((one, place) => one.trigger_id === trigger.triggers[place]!.id)
  );
}

function expectedFirings({ require, triggers }: CompoundTrigger): number {
  if (require === 'any') return 1;
  return require === 'all' ? triggers.length : require;
}
