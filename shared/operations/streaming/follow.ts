import type { Connection } from '../../domain/connection.ts';
import { TransientError } from '../../domain/errors.ts';
import { flowRunsOfEvent, type ReceivedEvent } from '../../domain/events/event.ts';
import { classesOfFilter, type EventFilter } from '../../domain/events/matches.ts';
import type { LogCriteria } from '../../domain/filters/logs.ts';
import type { Principal } from '../../domain/principal.ts';
import { SUBSCRIPTION_SHARDS } from '../../store/connections.ts';
import type { Key } from '../../store/key.ts';
import { keys } from '../../store/keys.ts';
import { type App, toTimestamp } from '../app.ts';
import { findEvents } from '../events/event-pages.ts';
import { repeatListenerTimer } from '../events/timer-events.ts';
import { runAncestry } from '../flow-runs/run-ancestry.ts';
import { isLookedAfter } from './listeners.ts';
import { eventMessage, LOG_CLASS, postAll } from './streaming.ts';

/** How far back a new listener is told what happened (prefect-api 2.3). */
const BACKFILL_MINUTES = 15;
/** The most events told; of more, the newest. */
const BACKFILL_EVENTS = 2_000;
/** Clocks of clients may be ahead. */
const SKEW_MINUTES = 60;

/**
 * Subscribes a socket to events. The subscription is stored before the backfill is read, so that nothing falls between; an
 * event may come twice, and clients know those they have seen. A run token hears only of its own tree of runs.
 */
export async function followEvents(
  app: App,
  connection: Connection,
  principal: Principal,
  filter: EventFilter,
  backfill: boolean,
): Promise<void> {
  const { id } = connection;
  const ownerRunId = ownerOf(principal);
  const places = await placesFor(app, ownerRunId, id, classesOfFilter(filter));
  if (isLookedAfter({ ...connection, principal })) await repeatListenerTimer(app, id);
  await app.store.connections.subscribe(
    connection,
    { kind: 'event', connectionId: id, ownerRunId, filter },
    places,
    app.clock.now(),
  );
  if (!backfill) return;
  try {
    await postAll(app, id, await pastMessages(app, filter, ownerRunId));
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    // The subscription stands: better to hear what comes than to be closed, which clients take for the end.
    app.log({ message: 'backfill cut short', connection_id: id, error: String(error) });
  }
}

/** Subscribes a socket to log lines as they come; there is no backfill (prefect-api 2.4). */
export async function followLogs(
  app: App,
  connection: Connection,
  principal: Principal,
  filter: LogCriteria,
): Promise<void> {
  const ownerRunId = ownerOf(principal);
  const places = await placesFor(app, ownerRunId, connection.id, [LOG_CLASS]);
  await app.store.connections.subscribe(
    connection,
    { kind: 'log', connectionId: connection.id, ownerRunId, filter },
    places,
    app.clock.now(),
  );
}

const ownerOf = (principal: Principal): string | null => (principal.kind === 'run' ? principal.flowRunId : null);

/** Rule 24: a run's subscription under its tree; an operators' one in every copy of its classes' lists. */
async function placesFor(
  app: App,
  ownerRunId: string | null,
  connectionId: string,
  classes: readonly string[],
): Promise<Key[]> {
  if (ownerRunId !== null) {
    const root = (await runAncestry(app, ownerRunId)).at(-1) ?? ownerRunId;
    return [keys.subscriptionInTree(root, connectionId)];
  }
  return classes.flatMap((name) =>
    Array.from({ length: SUBSCRIPTION_SHARDS }, (_, shard) => keys.subscription(name, shard, connectionId)),
  );
}

/** What happened in the last minutes, oldest first, as messages. */
async function pastMessages(app: App, filter: EventFilter, ownerRunId: string | null): Promise<string[]> {
  const now = app.clock.now().getTime();
  const earliest = toTimestamp(new Date(now - BACKFILL_MINUTES * 60_000));
  const latest = toTimestamp(new Date(now + SKEW_MINUTES * 60_000));
  const { since, until } = filter.occurred ?? {};
  const occurred = {
    since: since && since > earliest ? since : earliest,
    until: until && until < latest ? until : latest,
  };
  const messages: string[] = [];
  for await (const event of findEvents(app, { ...filter, occurred, order: 'ASC' })) {
    if (ownerRunId !== null && !(await isOfTree(app, event, ownerRunId))) continue;
    const message = eventMessage(event);
    if (message !== null) messages.push(message);
    if (messages.length > BACKFILL_EVENTS) messages.shift();
  }
  return messages;
}

async function isOfTree(app: App, event: ReceivedEvent, ownerRunId: string): Promise<boolean> {
  for (const id of flowRunsOfEvent(event)) if ((await runAncestry(app, id)).includes(ownerRunId)) return true;
  return false;
}
