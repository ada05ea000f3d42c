import { classOfEvent, type ReceivedEvent } from '../../domain/events/event.ts';
import type { App } from '../app.ts';
import { automationsOfClass } from './automation-triggers.ts';

/** Prefect shows its automations no log lines. */
const UNSEEN = 'prefect.log.write';

/**
 * Shows events to the automations they concern. What fires is stored and performed by a timer of its own, never here. May be
 * repeated: an event counts once and fires once. Throws `TransientError` and `ConflictError` when that is to be done.
 */
export async function evaluateAutomations(app: App, events: readonly ReceivedEvent[]): Promise<void> {
  for (const event of events) {
    if (event.event === UNSEEN) continue;
    const automations = await automationsOfClass(app, classOfEvent(event.event));
    if (automations.length === 0) continue;
    const { showEvent } = await import('./show-event.ts'); // where there are no automations it is never read
    for (const automation of automations) await showEvent(app, automation, event);
  }
}
