import type { EventTrigger, StoredAutomation, Trigger } from '../../domain/automation.ts';
import { onTime, openWindow, type Step } from '../../domain/automations/bucket.ts';
import {
  type ChildFiring,
  type CompositeTrigger,
  compositeTriggers,
  NO_CHILDREN,
  onChild,
  parentOf,
  triggerById,
} from '../../domain/automations/composite.ts';
import { eventTriggers } from '../../domain/automations/event-classes.ts';
import { labelsOfBucket } from '../../domain/automations/event-trigger.ts';
import { firingId, owedActions } from '../../domain/automations/firing.ts';
import { ConflictError } from '../../domain/errors.ts';
import { trimEvent } from '../../domain/events/trim.ts';
import type { BucketDocument, OwedFiring } from '../../store/automation-buckets.ts';
import { isPerformed } from '../../store/automation-firings.ts';
import type { Key } from '../../store/key.ts';
import type { StoredItem } from '../../store/table.ts';
import { type App, timestamp } from '../app.ts';
import { setBucketTimer, setFiringTimer } from '../events/timer-events.ts';
import { actionDepth } from './action-depth.ts';

const ATTEMPTS = 12;
const DAY_MS = 24 * 3600 * 1000;

/**
 * Changes a bucket under its revision and then does what the change owes: the firing that it decided, the timer of its
 * window. `change` may run several times. May be repeated: a firing is named by its cause.
 */
export async function changeBucket(
  app: App,
  automation: StoredAutomation,
  trigger: EventTrigger,
  key: readonly string[],
  change: (bucket: BucketDocument['bucket']) => Step,
  { timerFired = false } = {},
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const stored = await settled(app, await app.store.automationBuckets.read(trigger.id, key));
      const known = stored?.doc ?? empty(automation, trigger, key);
      // A timer that fired is none any more; what goes on gets a new one.
      const before = timerFired ? { ...known, timer: null } : known;
      const { bucket, fires } = change(before.bucket);
      if (bucket === before.bucket && !fires && !timerFired) return;
      const cause = fires?.event && trigger.posture === 'Reactive' ? fires.event.id : String(before.bucket?.end);
      const firing = fires && owedFiring(app, trigger, key, cause, fires.event);
      const needsTimer = trigger.posture === 'Proactive' && bucket !== null && !bucket.early;
      const arm = needsTimer && (before.timer === null || bucket.end < before.timer);
      await settled(app, await app.store.automationBuckets.write(stored, { ...before, bucket, firing, arm }));
      return;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** Does what a bucket's last change owes; the repair of its item. May be repeated. */
export async function settleBucket(app: App, key: Key): Promise<void> {
  try {
    await settled(app, await app.store.automationBuckets.readAt(key));
  } catch (error) {
    // Somebody else is at it.
    if (!(error instanceof ConflictError)) throw error;
  }
}

/** A window may have ended: its trigger, if it still stands, is looked at as of now. */
export async function bucketTimerFired(
  app: App,
  due: { readonly automation_id: string; readonly trigger_id: string; readonly key: readonly string[] },
): Promise<void> {
  const stored = await settled(app, await app.store.automationBuckets.read(due.trigger_id, due.key));
  if (!stored) return;
  const automation = await app.store.automations.get(due.automation_id);
  const trigger = automation && eventTriggers(automation).find(({ id }) => id === due.trigger_id);
  const now = app.clock.now().getTime();
  if (!automation?.enabled || !trigger) {
    await app.store.automationBuckets.write(stored, { ...stored.doc, bucket: null, timer: null });
    return;
  }
  const look = (bucket: BucketDocument['bucket']): Step =>
    bucket ? onTime(trigger, bucket, now) : { bucket, fires: null };
  await changeBucket(app, automation, trigger, due.key, look, { timerFired: true });
}

/** Opens the window of every trigger that waits for no event first. May be repeated: one that is open stays. */
export async function openWindows(app: App, automation: StoredAutomation): Promise<void> {
  if (!automation.enabled) return;
  const now = app.clock.now().getTime();
  for (const trigger of eventTriggers(automation)) {
    if (!openWindow(trigger, now)) continue;
    await changeBucket(app, automation, trigger, [], (bucket) => ({
      bucket: bucket && bucket.end > now ? bucket : openWindow(trigger, now),
      fires: null,
    }));
  }
}

/** Makes a firing: its parent is told of it, or it is the automation's own and is performed soon. May be repeated. */
export async function makeFiring(
  app: App,
  automation: StoredAutomation,
  trigger: Trigger,
  key: readonly string[],
  owed: OwedFiring,
): Promise<void> {
  const parent = parentOf(automation, trigger.id);
  const triggering_labels = trigger.type === 'event' ? labelsOfBucket(trigger, key) : {};
  if (parent)
    return tellParent(app, automation, parent, childFiring(automation, trigger, owed, triggering_labels), owed);
  const expiresAt = new Date(app.clock.now().getTime() + app.settings.retentionDays * DAY_MS);
  const firing = {
    ...owed,
    automation,
    triggering_labels,
    actions: owedActions(automation),
    claimed_until: null,
  };
  const isNew = await app.store.automationFirings.create(firing, expiresAt);
  const known = isNew ? firing : (await app.store.automationFirings.read(owed.id))?.doc;
  if (known && known.claimed_until === null && !isPerformed(known)) await setFiringTimer(app, owed.id, app.clock.now());
}

/** So many bytes of events one firing carries for templates, and an item of the table at most. */
const EVENTS_BYTES = 150_000;

/**
 * Forgets what composite triggers that are gone were told: it has no end of its own, as buckets of events have. May be repeated.
 */
export async function forgetChildren(app: App, gone: Pick<StoredAutomation, 'trigger'>): Promise<void> {
  for (const { id } of compositeTriggers(gone)) await app.store.automationBuckets.forget(id, []);
}

/** What a parent remembers of a child: a long event is cut, since all of them lie in one item. */
function childFiring(
  automation: StoredAutomation,
  trigger: Trigger,
  { id, triggered, triggering_event: event, triggering_firings = [] }: OwedFiring,
  triggering_labels: Record<string, string>,
): ChildFiring {
  const triggering_event = event && trimEvent(event, EVENTS_BYTES / (2 * eventTriggers(automation).length));
  return { id, trigger_id: trigger.id, triggered, triggering_labels, triggering_event, triggering_firings };
}

/** The child's firing is remembered, or makes the parent fire, by one conditional write. */
async function tellParent(
  app: App,
  automation: StoredAutomation,
  parent: CompositeTrigger,
  child: ChildFiring,
  { triggering_event, depth }: OwedFiring,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const stored = await settled(app, await app.store.automationBuckets.read(parent.id, []));
      const before = stored?.doc ?? empty(automation, parent, []);
      const known = before.children ?? NO_CHILDREN;
      const { children, fires } = onChild(parent, known, child);
      if (children === known) return;
      const owed = fires && owedFiring(app, parent, [], child.id, triggering_event);
      const firing = owed && { ...owed, depth, triggering_firings: fires };
      await settled(app, await app.store.automationBuckets.write(stored, { ...before, children, firing }));
      return;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt >= ATTEMPTS) throw error;
    }
  }
}

export function owedFiring(
  app: App,
  trigger: Trigger,
  key: readonly string[],
  cause: string,
  event: OwedFiring['triggering_event'],
): OwedFiring {
  return {
    id: firingId(trigger.id, key, cause),
    triggered: timestamp(app),
    triggering_event: event,
    depth: actionDepth(),
  };
}

async function settled(
  app: App,
  stored: StoredItem<BucketDocument> | null,
): Promise<StoredItem<BucketDocument> | null> {
  if (!stored || (!stored.doc.firing && !stored.doc.arm)) return stored;
  const { doc } = stored;
  if (doc.firing) {
    const automation = await app.store.automations.get(doc.automation_id);
    const trigger = automation && triggerById(automation, doc.trigger_id);
    if (automation && trigger) await makeFiring(app, automation, trigger, doc.key, doc.firing);
  }
  const timer = doc.arm && doc.bucket ? doc.bucket.end : doc.timer;
  if (doc.arm && timer !== null) {
    const { automation_id, trigger_id, key } = doc;
    await setBucketTimer(app, { automation_id, trigger_id, key }, new Date(timer));
  }
  return app.store.automationBuckets.write(stored, { ...doc, firing: null, arm: false, timer });
}

const empty = (automation: StoredAutomation, trigger: Trigger, key: readonly string[]): BucketDocument => ({
  automation_id: automation.id,
  trigger_id: trigger.id,
  key,
  bucket: null,
  firing: null,
  arm: false,
  timer: null,
});
