import type { Connection, Subscription } from '../../domain/connection.ts';
import type { ReceivedEvent } from '../../domain/events/event.ts';
import type { EventFilter } from '../../domain/events/matches.ts';
import { type App, timestamp } from '../app.ts';
import { cancelListenerTimer } from '../events/timer-events.ts';

/** A gateway ends a socket after two hours; this is the last firing of a timer of eight minutes before, be it a minute late. */
const OLD_MS = 110 * 60_000;
const NOBODY = '00000000-0000-0000-0000-000000000000';
const CANCELLING = 'prefect.flow-run.Cancelling';

/** Prefect's clients fail at a message without its event, and those that watch for cancellation go on by asking. */
const LAST_MESSAGE = JSON.stringify({ type: 'event' });

/**
 * The timer of a socket that listens to events (rule 13). What is silent for ten minutes is ended by the gateway with 1001, which
 * Prefect's clients take for the end: it is sent an event that concerns nobody. What will soon be two hours old is made to connect
 * anew where the home can, and tells its client to ask from now on where it cannot. Finds sockets whose end nobody was told
 * of. May fire late and twice.
 */
export async function lookAfterListener(app: App, connectionId: string, since: string): Promise<void> {
  const connection = await app.store.connections.get(connectionId);
  if (!connection || !(await app.realtime.isOpen(connectionId))) return forgetListener(app, connectionId);
  const isOld = app.clock.now().getTime() - Date.parse(since) >= OLD_MS;
  if (isOld && (await app.realtime.renew(connectionId))) return;
  const filter = filterOf(await app.store.connections.subscriptionOf(connection));
  const message = isOld && asksWithoutSocket(filter) ? LAST_MESSAGE : keepAlive(app, filter);
  if ((await app.realtime.post(connectionId, message)) === 'gone') await forgetListener(app, connectionId);
}

/** A listener is gone. May be repeated. */
export async function forgetListener(app: App, connectionId: string): Promise<void> {
  await app.store.connections.remove(connectionId);
  await cancelListenerTimer(app, connectionId);
}

/** Whether a socket has a timer. Those of runs have none: pushpool itself stops their containers, and many are many timers. */
export const isLookedAfter = ({ path, principal }: Pick<Connection, 'path' | 'principal'>): boolean =>
  path === '/events/out' && principal !== null && principal.kind !== 'run';

const filterOf = (subscription: Subscription | null): EventFilter =>
  subscription?.kind === 'event' ? subscription.filter : {};

/** The observers of cancellation in `flow.serve()` and workers; others would take the last message for a fault. */
function asksWithoutSocket({ event }: EventFilter): boolean {
  const names = event?.name ?? [];
  return names.length > 0 && names.every((name) => name === CANCELLING);
}

/** Who waits for task runs reads a state in every event. */
function keepAlive(app: App, { event }: EventFilter): string {
  const wanted = [...(event?.name ?? []), ...(event?.prefix ?? [])];
  const kind = wanted.some((name) => name.startsWith('prefect.task-run')) ? 'task-run' : 'flow-run';
  const now = timestamp(app);
  const nothing: ReceivedEvent = {
    occurred: now,
    event: 'pushpool.keep-alive',
    resource: { 'prefect.resource.id': `prefect.${kind}.${NOBODY}` },
    related: [],
    payload: kind === 'task-run' ? { validated_state: { type: 'PENDING', name: 'Pending' } } : {},
    id: app.clock.newId(),
    follows: null,
    received: now,
  };
  return JSON.stringify({ type: 'event', event: nothing });
}
