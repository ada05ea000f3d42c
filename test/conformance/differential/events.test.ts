import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../../infra/local/python-venv.ts';
import type { ReceivedEvent } from '../../../shared/domain/events/event.ts';
import { type LocalHome, startLocalHome } from '../local-home.ts';
import { type RealServer, startRealServer } from '../real-server.ts';
import { waitUntil } from '../waiting.ts';
import { Normaliser } from './normalise.ts';
import { play } from './play.ts';
import { SERVER_EVENTS } from './requests/server-events.ts';

/**
 * Prefect's server stores events from a queue, every so often. Its other services rest: each of their writes may lock SQLite, and a
 * request that is asked again has told its events twice.
 */
const SETTINGS = {
  PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL: '2',
  ...Object.fromEntries(
    ['SCHEDULER', 'LATE_RUNS', 'FOREMAN', 'CANCELLATION_CLEANUP', 'PAUSE_EXPIRATIONS', 'REPOSSESSOR'].map((service) => [
      `PREFECT_SERVER_SERVICES_${service}_ENABLED`,
      'false',
    ]),
  ),
};

let real: RealServer;
let local: LocalHome;

beforeAll(async () => {
  const bin = await ensureVenv(PREFECT);
  [real, local] = await Promise.all([startRealServer(bin, [], SETTINGS), startLocalHome({ bin })]);
});
afterAll(() => Promise.all([real?.stop(), local?.stop()]));

describe.sequential('pushpool and Prefect tell the same events of', () => {
  it.each(SERVER_EVENTS.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    const since = new Date().toISOString();

    const played = await Promise.all([real, local].map(({ apiUrl }) => play(apiUrl, scenario)));

    expect(played[1]!.map(({ answer }) => answer.status)).toEqual(played[0]!.map(({ answer }) => answer.status));
    const ours = await eventsSince(local.apiUrl, since);
    let theirs: ReceivedEvent[] = [];
    await waitUntil(
      async () => {
        theirs = await eventsSince(real.apiUrl, since);
        return theirs.length >= ours.length;
      },
      { seconds: 20, what: 'as many events of the real server as of ours' },
    ).catch(() => {}); // the comparison shows which are missing
    expect(normal(ours)).toEqual(normal(theirs));
  });
});

async function eventsSince(apiUrl: string, since: string): Promise<ReceivedEvent[]> {
  const response = await fetch(`${apiUrl}/events/filter`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ filter: { occurred: { since }, order: 'ASC' }, limit: 50 }),
  });
  const { events } = (await response.json()) as { events: ReceivedEvent[] };
  return events.filter(({ event }, index) => event.startsWith('prefect.') && !isDouble(events, index));
}

/** Nothing is made or deleted twice: the request was asked again after a lock of SQLite, and its first event was out. */
function isDouble(events: readonly ReceivedEvent[], index: number): boolean {
  const { event, resource } = events[index]!;
  const same = (other: ReceivedEvent) =>
    other.event === event && other.resource['prefect.resource.id'] === resource['prefect.resource.id'];
  return /(created|deleted)$/.test(event) && events.findIndex(same) < index;
}

/** By name and by what set it off, since neither the events of one request nor two firings have an order; ids and times as kinds. */
function normal(events: readonly ReceivedEvent[]): unknown[] {
  const names = new Map(events.map(({ id, event }) => [`prefect.event.${id}`, event]));
  const causes = ({ related }: ReceivedEvent) =>
    related.map((one) => names.get(one['prefect.resource.id'] ?? '') ?? '');
  const place = (one: ReceivedEvent) =>
    `${one.event} ${one.resource['prefect.resource.name']} ${one.payload['action_index']} ${causes(one).join()}`;
  const ordered = events.toSorted((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0));
  const normaliser = new Normaliser();
  return ordered.map(({ event, resource, related, payload, id, follows }) => {
    const fields = (payload['updated_fields'] as string[] | undefined)?.toSorted();
    return normaliser.normalise({
      event,
      resource,
      related,
      payload: { ...payload, ...(fields && { updated_fields: fields }) },
      id,
      follows,
    });
  });
}
