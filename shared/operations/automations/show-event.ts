import type { EventTrigger, StoredAutomation } from '../../domain/automation.ts';
import { onEvent } from '../../domain/automations/bucket.ts';
import { eventTriggers } from '../../domain/automations/event-classes.ts';
import { asksFor, bucketingKey, covers, isImmediate } from '../../domain/automations/event-trigger.ts';
import { PushpoolError } from '../../domain/errors.ts';
import type { ReceivedEvent } from '../../domain/events/event.ts';
import type { App } from '../app.ts';
import { actionDepth, MOST_IN_A_ROW } from './action-depth.ts';
import { changeBucket, makeFiring, owedFiring } from './automation-buckets.ts';

const OF_AUTOMATIONS = 'prefect.automation.';

/**
 * Shows an event to those triggers of an automation that it concerns: a firing is stored, or the window that the event falls in
 * changes. What automations tell of their own work is shown only to triggers that ask for it by name, or each that expects all events
 * would follow on itself and on all others. May be repeated. Throws `TransientError` and `ConflictError` when that is to be done.
 */
export async function showEvent(app: App, automation: StoredAutomation, event: ReceivedEvent): Promise<void> {
  const ofAutomation = actionDepth() > 0 && event.event.startsWith(OF_AUTOMATIONS);
  for (const trigger of eventTriggers(automation)) {
    if (!covers(trigger, event) || (ofAutomation && !asksFor(trigger, OF_AUTOMATIONS))) continue;
    await evaluate(app, automation, trigger, event);
  }
}

async function evaluate(
  app: App,
  automation: StoredAutomation,
  trigger: EventTrigger,
  event: ReceivedEvent,
): Promise<void> {
  const facts = { automation_id: automation.id, event: event.event, event_id: event.id };
  if (actionDepth() >= MOST_IN_A_ROW) {
    app.log({ level: 'WARNING', message: 'A loop of automations is cut off.', ...facts });
    return;
  }
  const key = bucketingKey(trigger, event);
  try {
    if (isImmediate(trigger) && trigger.threshold <= 1 && trigger.after.length === 0) {
      await makeFiring(app, automation, trigger, key, owedFiring(app, trigger, key, event.id, event));
    } else {
      await changeBucket(app, automation, trigger, key, (bucket) => onEvent(trigger, bucket, event));
    }
  } catch (error) {
    if (error instanceof PushpoolError) throw error;
    // One automation that cannot be evaluated must not keep events from being recorded.
    app.log({ level: 'ERROR', message: 'An automation could not be evaluated.', ...facts, error: String(error) });
  }
}
