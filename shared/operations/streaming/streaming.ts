import type { Subscription } from '../../domain/connection.ts';
import { TransientError } from '../../domain/errors.ts';
import { classOfEvent, flowRunsOfEvent, type ReceivedEvent } from '../../domain/events/event.ts';
import { matchesEvent } from '../../domain/events/matches.ts';
import { trimEvent } from '../../domain/events/trim.ts';
import { matchesLog } from '../../domain/filters/logs.ts';
import type { Log } from '../../domain/log.ts';
import { SUBSCRIPTION_SHARDS } from '../../store/connections.ts';
import { keys, shardOf } from '../../store/keys.ts';
import type { App } from '../app.ts';
import { runAncestry } from '../flow-runs/run-ancestry.ts';

/** API Gateway's limit for one message to a connection. */
export const MESSAGE_LIMIT_BYTES = 128 * 1024;
/** What the envelope around an event takes. */
const ENVELOPE_BYTES = 64;

/** The stream class under which operators' subscriptions to logs are stored. */
export const LOG_CLASS = 'log';

/** Something to deliver: to whom it may concern (a run tree, an operators' list), who may see it, and its text. */
interface Parcel {
  readonly places: readonly string[];
  readonly wanted: (subscription: Subscription) => boolean;
  readonly message: () => string | null;
}

/** The message of a streamed event; null when it cannot be made to fit. */
export function eventMessage(event: ReceivedEvent): string | null {
  const trimmed = trimEvent(event, MESSAGE_LIMIT_BYTES - ENVELOPE_BYTES);
  return trimmed && JSON.stringify({ type: 'event', event: trimmed });
}

/** Sends events to the sockets that want them. Throws `TransientError` when a socket could not be reached for now. */
export async function streamEvents(app: App, events: readonly ReceivedEvent[]): Promise<void> {
  const parcels = await Promise.all(
    events.map(async (event): Promise<Parcel> => {
      const chains = await Promise.all(flowRunsOfEvent(event).map((id) => runAncestry(app, id)));
      const tree = new Set(chains.flat());
      return {
        places: placesOf(chains, classOfEvent(event.event), event.id),
        wanted: (subscription) =>
          subscription.kind === 'event' && mayHear(subscription, tree) && matchesEvent(subscription.filter, event),
        message: once(() => eventMessage(event)),
      };
    }),
  );
  await deliver(app, parcels);
}

/** Sends log lines to the sockets that want them; the same promise as for events. */
export async function streamLogs(app: App, logs: readonly Log[]): Promise<void> {
  const runs = [...new Set(logs.map((log) => log.flow_run_id).filter((id) => id !== null))];
  const chains = new Map(await Promise.all(runs.map(async (id) => [id, await runAncestry(app, id)] as const)));
  const parcels = logs.map((log): Parcel => {
    const chain = (log.flow_run_id && chains.get(log.flow_run_id)) || [];
    return {
      places: placesOf(chain.length > 0 ? [chain] : [], LOG_CLASS, log.flow_run_id ?? log.id),
      wanted: (subscription) =>
        subscription.kind === 'log' && mayHear(subscription, new Set(chain)) && matchesLog(subscription.filter, log),
      message: once(() => logMessage(log)),
    };
  });
  await deliver(app, parcels);
}

function logMessage(log: Log): string {
  const text = JSON.stringify({ type: 'log', log });
  if (Buffer.byteLength(text) <= MESSAGE_LIMIT_BYTES) return text;
  const message = `${log.message.slice(0, MESSAGE_LIMIT_BYTES / 8)}… (cut; the whole line is in the run's logs)`;
  return JSON.stringify({ type: 'log', log: { ...log, message } });
}

/** Rule 24: the list of the run's tree and one copy of the operators' list, and no other. */
function placesOf(chains: readonly (readonly string[])[], streamClass: string, spread: string): string[] {
  const roots = new Set(chains.map((chain) => chain.at(-1) ?? ''));
  const shard = shardOf(spread) % SUBSCRIPTION_SHARDS;
  return [
    ...[...roots].map((root) => keys.subscriptionInTree(root, '').pk),
    keys.subscription(streamClass, shard, '').pk,
  ];
}

const mayHear = ({ ownerRunId }: Subscription, tree: ReadonlySet<string>): boolean =>
  ownerRunId === null || tree.has(ownerRunId);

/** Each list is read once; each connection gets its messages in order, connections side by side. */
async function deliver(app: App, parcels: readonly Parcel[]): Promise<void> {
  const places = [...new Set(parcels.flatMap((parcel) => parcel.places))];
  const lists = new Map(
    await Promise.all(places.map(async (pk) => [pk, await app.store.connections.subscriptionsAt(pk)] as const)),
  );
  const queues = new Map<string, string[]>();
  for (const parcel of parcels) {
    const hearers = parcel.places.flatMap((pk) => lists.get(pk) ?? []).filter(parcel.wanted);
    for (const id of new Set(hearers.map((subscription) => subscription.connectionId))) {
      const message = parcel.message();
      if (message !== null) queues.set(id, [...(queues.get(id) ?? []), message]);
    }
  }
  const results = await Promise.allSettled(
    [...queues].map(async ([connectionId, messages]) => {
      if ((await postAll(app, connectionId, messages)) === 'sent') return;
      await Promise.all(places.map((pk) => app.store.table.remove({ pk, sk: connectionId })));
    }),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw new TransientError('not-streamed', 'A socket could not be reached.', { cause: failed.reason });
}

/** Posts messages in order; a connection that is gone is forgotten. */
export async function postAll(app: App, connectionId: string, messages: Iterable<string>): Promise<'sent' | 'gone'> {
  for (const message of messages) {
    if ((await app.realtime.post(connectionId, message)) === 'sent') continue;
    await app.store.connections.remove(connectionId);
    return 'gone';
  }
  return 'sent';
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
