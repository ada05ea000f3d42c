import type { EventTrigger, StoredAutomation } from '../../domain/automation.ts';
import { onEvent } from '../../domain/automations/bucket.ts';
import { bucketingKey, covers, eventTriggers, isImmediate } from '../../domain/automations/event-trigger.ts';
import { PushpoolError } from '../../domain/errors.ts';
import { classOfEvent, type ReceivedEvent } from '../../domain/events/event.ts';
import type { App } from '../app.ts';
import { actionDepth, MOST_IN_A_ROW } from './action-depth.ts';
import { changeBucket, makeFiring, owedFiring } from './automation-buckets.ts';
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
    for (const automation of await automationsOfClass(app, classOfEvent(event.event))) {
      for (const trigger of eventTriggers(automation)) {
        if (covers(trigger, event)) await evaluate(app, automation, trigger, event);
      }
    }
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
