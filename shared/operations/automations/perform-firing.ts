import { actionEvents, causeOf, type Firing, triggeredEvent } from '../../domain/automations/firing.ts';
import { ConflictError } from '../../domain/errors.ts';
import { isPerformed } from '../../store/automation-firings.ts';
import type { StoredItem } from '../../store/table.ts';
import { type App, timestamp, toTimestamp } from '../app.ts';
import { publishEvents } from '../events/events.ts';
import { cancelFiringTimer, setFiringTimer } from '../events/timer-events.ts';
import { atDepth } from './action-depth.ts';
import { performAction } from './automation-actions.ts';
import { ActionFailed, type OutcomeSoFar } from './automation-performance.ts';

/** Whoever performs a firing has it for himself so long. */
const CLAIM_SECONDS = 60;
const MOST_ATTEMPTS = 3;
const RETRY_SECONDS = 10;
const DAY_MS = 24 * 3600 * 1000;

/**
 * Performs what a firing still owes, in order: the event that it was triggered, then each action and its events. One process
 * at a time; if it dies, the timer lets another go on with the actions that are not done, so that an action may be done twice
 * only when the death came between the deed and its mark. An action that meets a passing fault is tried again later.
 */
export async function performFiring(app: App, id: string): Promise<void> {
  const claimed = await claim(app, id);
  if (!claimed) return;
  await atDepth(claimed.doc.depth + 1, async () => {
    await publishEvents(app, [triggeredEvent(claimed.doc)]);
    let stored = claimed;
    for (const index of claimed.doc.actions.keys()) {
      if (!stored.doc.actions[index]!.done) stored = await performOne(app, stored, index);
    }
    await leave(app, stored);
  });
}

async function claim(app: App, id: string): Promise<StoredItem<Firing> | null> {
  const stored = await app.store.automationFirings.read(id);
  const now = timestamp(app);
  if (!stored || isPerformed(stored.doc)) return null;
  if (stored.doc.claimed_until !== null && stored.doc.claimed_until > now) return null;
  const until = new Date(app.clock.now().getTime() + CLAIM_SECONDS * 1000);
  try {
    // The timer first: a claim of somebody who died would else keep all others away for good.
    await setFiringTimer(app, id, until);
    return await save(app, stored, { ...stored.doc, claimed_until: toTimestamp(until) });
  } catch (error) {
    if (error instanceof ConflictError) return null;
    throw error;
  }
}

async function performOne(app: App, stored: StoredItem<Firing>, index: number): Promise<StoredItem<Firing>> {
  const firing = stored.doc;
  const owed = firing.actions[index]!;
  const attempts = owed.attempts + 1;
  const outcome: OutcomeSoFar = { related: [], details: {} };
  let reason: string | null = null;
  try {
    await performAction(app, { firing, index, cause: causeOf(firing, owed) }, outcome);
  } catch (error) {
    const isFinal = error instanceof ActionFailed && !error.mayPass;
    if (!isFinal && attempts < MOST_ATTEMPTS) return mark(app, stored, index, { attempts, done: false });
    reason = error instanceof Error ? error.message : String(error);
    app.log({ level: 'WARNING', message: 'action failed', automation_id: firing.automation.id, action_index: index });
  }
  await publishEvents(app, actionEvents(firing, index, outcome, timestamp(app), reason));
  return mark(app, stored, index, { attempts, done: true });
}

function mark(
  app: App,
  stored: StoredItem<Firing>,
  index: number,
  change: { readonly attempts: number; readonly done: boolean },
): Promise<StoredItem<Firing>> {
  const actions = stored.doc.actions.map((owed, place) => (place === index ? { ...owed, ...change } : owed));
  return save(app, stored, { ...stored.doc, actions });
}

/** Nothing is left to do, or something is to be tried again. */
async function leave(app: App, stored: StoredItem<Firing>): Promise<void> {
  if (isPerformed(stored.doc)) return cancelFiringTimer(app, stored.doc.id);
  const attempts = Math.max(...stored.doc.actions.map((owed) => (owed.done ? 0 : owed.attempts)));
  const at = new Date(app.clock.now().getTime() + attempts * RETRY_SECONDS * 1000);
  await save(app, stored, { ...stored.doc, claimed_until: toTimestamp(at) });
  await setFiringTimer(app, stored.doc.id, at);
}

function save(app: App, stored: StoredItem<Firing>, firing: Firing): Promise<StoredItem<Firing>> {
  const expiresAt = new Date(app.clock.now().getTime() + app.settings.retentionDays * DAY_MS);
  return app.store.automationFirings.replace(stored, firing, expiresAt);
}
