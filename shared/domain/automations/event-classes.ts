import type { EventTrigger, StoredAutomation } from '../automation.ts';
import { classesOfPrefix, classOfEvent, EVENT_CLASSES, type EventClass } from '../events/event.ts';

/** The triggers of an automation that look at events themselves, those inside composite ones too. */
export function eventTriggers({ trigger }: Pick<StoredAutomation, 'trigger'>): EventTrigger[] {
  return trigger.type === 'event' ? [trigger] : trigger.triggers.flatMap((child) => eventTriggers({ trigger: child }));
}

/** The classes of events that can concern an automation: under these it is found. None while it is disabled. */
export function classesOfAutomation(automation: Pick<StoredAutomation, 'enabled' | 'trigger'>): EventClass[] {
  return automation.enabled ? [...new Set(eventTriggers(automation).flatMap(classesOfTrigger))] : [];
}

function classesOfTrigger({ expect, after }: EventTrigger): readonly EventClass[] {
  if (expect.length === 0) return EVENT_CLASSES;
  return [...expect, ...after].flatMap((pattern) => {
    if (pattern.startsWith('!')) return [...EVENT_CLASSES];
    const wildcard = pattern.search(/[*?]/);
    return wildcard < 0 ? [classOfEvent(pattern)] : classesOfPrefix(pattern.slice(0, wildcard));
  });
}
