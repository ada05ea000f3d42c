import type { EventTrigger } from '../automation.ts';
import type { ReceivedEvent } from '../events/event.ts';
import { expects, isImmediate, startsAfter } from './event-trigger.ts';

/**
 * What a trigger has seen in one window, for one value of its `for_each` labels. Times are milliseconds since the epoch;
 * the window is [start, end).
 */
export interface Bucket {
  readonly start: number;
  readonly end: number;
  readonly count: number;
  /** The ids of the last events counted: an event that comes twice counts once. */
  readonly counted: readonly string[];
  readonly last_event: ReceivedEvent | null;
  /**
   * No window: expected events of a trigger with `after` that came while none was open, or closed one. The event that opens a
   * window may come after the one that is expected in it.
   */
  readonly early?: readonly ReceivedEvent[];
}

/** What an event or a moment makes of a bucket: null is none; the same object when nothing changed. */
export interface Step {
  readonly bucket: Bucket | null;
  /** The trigger fires, for this event; null for a Proactive trigger that has seen none. */
  readonly fires: { readonly event: ReceivedEvent | null } | null;
}

/** A first bucket takes events this much older than the one that made it, since events come out of order. */
const LOOKBACK_MS = 15 * 60_000;
/** A window that ended this long ago is forgotten (Prefect sweeps it). */
const EXPIRED_MS = 60_000;
/** Ids kept; doubles follow soon. */
const COUNTED = 200;

/** An event that the trigger covers. Follows `reactive_evaluation` and `evaluate` of Prefect's `server/events/triggers.py`. */
export function onEvent(trigger: EventTrigger, stored: Bucket | null, event: ReceivedEvent): Step {
  const now = Date.parse(event.occurred);
  if (stored?.counted.includes(event.id)) return { bucket: stored, fires: null };
  if (stored?.early?.some(({ id }) => id === event.id)) return { bucket: stored, fires: null };
  if (stored?.early && !startsAfter(trigger, event)) return withEarly(trigger, stored, event);
  const early = stored?.early ?? [];
  let bucket = !stored || stored.early || stored.end + EXPIRED_MS <= now ? null : stored;
  const opens = bucket === null;
  const within = trigger.within * 1000;
  const expected = expects(trigger, event);
  if (trigger.after.length > 0 && startsAfter(trigger, event)) {
    // One event may both start a window and be expected in it: it is not counted in its own.
    bucket = bucket ? withLast(bucket, event) : opened(now, now + within, expected ? -1 : 0, event);
  } else if (trigger.after.length === 0 && expected) {
    bucket ??= opened(now - LOOKBACK_MS, now + within, 0, event);
  }
  const step = expected && bucket ? evaluate(trigger, bucket, now, event) : { bucket, fires: null };
  if (trigger.after.length === 0) return step;
  if (step.bucket && opens) return inOrder(trigger, step, early);
  // Remembered, also when it has closed a window: an older opening event may still come, and the window it opens is closed.
  return !step.bucket && expected ? { ...step, bucket: waiting([...early, event]) } : step;
}

function withEarly(trigger: EventTrigger, stored: Bucket, event: ReceivedEvent): Step {
  return { bucket: expects(trigger, event) ? waiting([...stored.early!, event]) : stored, fires: null };
}

/** The expected events that came before the one that opened the window, as if they had come in their order. */
function inOrder(trigger: EventTrigger, step: Step, early: readonly ReceivedEvent[]): Step {
  let { bucket, fires } = step;
  for (const event of early) {
    const at = Date.parse(event.occurred);
    if (!bucket || bucket.early || at < bucket.start) continue;
    const next = evaluate(trigger, bucket, at, event);
    bucket = next.bucket ?? waiting(early);
    fires ??= next.fires;
  }
  return { bucket, fires };
}

/** So many are kept, the latest by their own time. */
const EARLY = 3;

function waiting(early: readonly ReceivedEvent[]): Bucket {
  const kept = early.toSorted((a, b) => Date.parse(a.occurred) - Date.parse(b.occurred)).slice(-EARLY);
  const end = Date.parse(kept.at(-1)!.occurred);
  return { start: end, end, count: 0, counted: [], last_event: null, early: kept };
}

/** A moment, for Proactive triggers: their window may have ended without what was expected. */
export function onTime(trigger: EventTrigger, bucket: Bucket, now: number): Step {
  if (trigger.posture !== 'Proactive' || bucket.early || now < bucket.end) return { bucket, fires: null };
  if (meetsThreshold(trigger, bucket.count)) return evaluate(trigger, bucket, now, null);
  return { bucket: openWindow(trigger, now), fires: null };
}

/** The window that stands without any event: of a Proactive trigger that waits for nothing and is not kept per label. */
export function openWindow(trigger: EventTrigger, now: number): Bucket | null {
  const standing = trigger.posture === 'Proactive' && trigger.after.length === 0 && trigger.for_each.length === 0;
  return standing ? opened(now, now + trigger.within * 1000, 0, null) : null;
}

function evaluate(trigger: EventTrigger, given: Bucket, now: number, event: ReceivedEvent | null): Step {
  if (now < given.start) return { bucket: given, fires: null };
  const inside = event !== null && (isImmediate(trigger) || now < given.end);
  const bucket = inside ? counting(given, event) : given;
  const ready = trigger.posture === 'Reactive' || bucket.end <= now;
  const meets = meetsThreshold(trigger, bucket.count);
  const fires = ready && meets ? { event: event ?? bucket.last_event } : null;
  if (!fires && now < bucket.end) return { bucket: stillOpen(trigger, bucket, now, event, meets), fires: null };
  if (trigger.after.length > 0) return { bucket: null, fires };
  const within = trigger.within * 1000;
  if (within === 0) return { bucket: fires ? null : bucket, fires };
  const start = Math.max(bucket.end, now);
  const next = opened(start, start + within, 0, null);
  if (event === null || inside) return { bucket: { ...next, counted: bucket.counted }, fires };
  if (trigger.posture === 'Reactive') {
    const later = evaluate(trigger, next, now, event);
    return { bucket: later.bucket, fires: fires ?? later.fires };
  }
  return { bucket: counting(next, event), fires };
}

/**
 * A Proactive window in which the awaited has come closes when an event had opened it; one whose opening event comes again
 * before starts anew from there (heartbeats).
 */
function stillOpen(
  trigger: EventTrigger,
  bucket: Bucket,
  now: number,
  event: ReceivedEvent | null,
  meets: boolean,
): Bucket | null {
  if (trigger.posture !== 'Proactive' || meets || event === null || trigger.after.length === 0) return bucket;
  return startsAfter(trigger, event) ? opened(now, now + trigger.within * 1000, 0, event) : null;
}

/** Reactive: enough has come. Proactive: not enough has. */
function meetsThreshold(trigger: EventTrigger, count: number): boolean {
  return trigger.posture === 'Reactive' ? count >= trigger.threshold : count < trigger.threshold;
}

const opened = (start: number, end: number, count: number, event: ReceivedEvent | null): Bucket => ({
  start,
  end,
  count,
  counted: [],
  last_event: event,
});

/** The event that a window is about is the last that could have opened it. */
const withLast = (bucket: Bucket, event: ReceivedEvent): Bucket =>
  bucket.last_event && event.occurred > bucket.last_event.occurred ? { ...bucket, last_event: event } : bucket;

const counting = (bucket: Bucket, event: ReceivedEvent): Bucket => ({
  ...bucket,
  count: bucket.count + 1,
  counted: [...bucket.counted, event.id].slice(-COUNTED),
  last_event: event,
});
