import { ConflictError } from '../domain/errors.ts';
import type { ReceivedEvent } from '../domain/events/event.ts';
import { keys, LIST_SHARDS, shardOf } from './keys.ts';
import type { Cursor } from './range.ts';
import type { StoredItem, Table } from './table.ts';

/** Which events to read: times inclusive; `after` is the place of the last one read (see `eventPlace`). */
export interface EventRange {
  readonly since: string;
  readonly until: string;
  readonly descending?: boolean;
  readonly after?: string | null;
}

/** Where an event stands in the order of events. */
export const eventPlace = ({ occurred, id }: { occurred: string; id: string }): string => `${occurred}#${id}`;

const BATCH = 100;
const HOUR_MS = 3600 * 1000;

/**
 * Events: one item each under the hour they occurred in and a shard of their id, so that writing has no hot key. An hour's
 * first event also writes a mark, so that reading a long span asks only hours that have events. All expire.
 */
export class EventRepository {
  readonly #table: Table;
  /** Hours this process has marked. */
  readonly #marked = new Set<string>();

  constructor(table: Table) {
    this.#table = table;
  }

  /** Stores an event; false when it was there already. May be repeated. */
  async add(event: ReceivedEvent, expiresAt: Date): Promise<boolean> {
    const hour = hourOf(event.occurred);
    const shard = shardOf(event.id);
    await this.#mark(hour, shard, expiresAt);
    const key = keys.eventsOfHour(hour, shard, eventPlace(event));
    try {
      await this.#table.create({ key, doc: event, expiresAt });
      return true;
    } catch (error) {
      if (error instanceof ConflictError) return false;
      throw error;
    }
  }

  /** The event of this id, if it occurred within the span (of at most a few hours). Reads keys, and the one event. */
  async find(id: string, since: string, until: string): Promise<ReceivedEvent | null> {
    for (let hour = Date.parse(`${hourOf(since)}:00:00Z`); hour <= Date.parse(until); hour += HOUR_MS) {
      const pk = keys.eventsOfHour(hourOf(new Date(hour).toISOString()), shardOf(id), '').pk;
      let after: Cursor | undefined;
      do {
        const page = await this.#table.list({ pk, from: since, to: `${until}~`, ...(after && { after }) });
        const place = page.items.find(({ sort }) => sort.endsWith(`#${id}`));
        if (place) return (await this.#table.get<ReceivedEvent>(place.key))?.doc ?? null;
        after = page.next ?? undefined;
      } while (after);
    }
    return null;
  }

  /** Events of a span in order; reads hour by hour and no further than the consumer asks. */
  async *read(range: EventRange): AsyncGenerator<ReceivedEvent> {
    const hours = await this.#hours(range);
    for (const [hour, shards] of hours) {
      const heads = shards.map((shard) => this.#ofShard(hour, shard, range));
      const next = await Promise.all(heads.map((head) => head.next()));
      for (;;) {
        let best: number | null = null;
        for (const [place, head] of next.entries()) {
          if (head.done) continue;
          const leader = best === null ? null : next[best];
          const first = !leader || leader.done || eventPlace(head.value) < eventPlace(leader.value) !== descends(range);
          if (first) best = place;
        }
        const chosen = best === null ? null : next[best];
        if (best === null || !chosen || chosen.done) break;
        yield chosen.value;
        next[best] = await heads[best]!.next();
      }
    }
  }

  /** The hours with events in the span, in order, each with its shards. */
  async #hours(range: EventRange): Promise<Map<string, number[]>> {
    const [from, to] = [hourOf(range.since), hourOf(range.until)];
    const hours = new Map<string, number[]>();
    let after: Cursor | undefined;
    do {
      const page = await this.#table.list({
        pk: keys.eventHour('', 0).pk,
        from,
        to: `${to}~`,
        descending: descends(range),
        ...(after && { after }),
      });
      for (const { sort } of page.items) {
        const [hour = '', shard = ''] = sort.split('#');
        hours.set(hour, [...(hours.get(hour) ?? []), Number(shard)]);
      }
      after = page.next ?? undefined;
    } while (after);
    return hours;
  }

  async *#ofShard(hour: string, shard: number, range: EventRange): AsyncGenerator<ReceivedEvent, undefined> {
    const [since, until] = bounds(range);
    let after: Cursor | undefined;
    do {
      const page: { items: StoredItem<ReceivedEvent>[]; next: Cursor | null } = await this.#table.query({
        pk: keys.eventsOfHour(hour, shard, '').pk,
        from: since,
        to: until,
        descending: descends(range),
        limit: BATCH,
        ...(after && { after }),
      });
      for (const { doc } of page.items) if (eventPlace(doc) !== range.after) yield doc;
      after = page.next ?? undefined;
    } while (after);
    return undefined;
  }

  async #mark(hour: string, shard: number, expiresAt: Date): Promise<void> {
    const key = keys.eventHour(hour, shard);
    if (this.#marked.has(key.sk)) return;
    await this.#table.put({ key, doc: {}, expiresAt });
    if (this.#marked.size > 100 * LIST_SHARDS) this.#marked.clear();
    this.#marked.add(key.sk);
  }
}

export function eventRepository(table: Table): EventRepository {
  return new EventRepository(table);
}

const descends = (range: EventRange): boolean => range.descending ?? false;

/** Inclusive bounds of the sort key; after a place, only what follows it. `~` sorts after every id. */
function bounds({ since, until, descending, after }: EventRange): [string, string] {
  if (!after) return [since, `${until}~`];
  return descending ? [since, after] : [after, `${until}~`];
}

/** `2026-11-24T05` */
const hourOf = (time: string): string => time.slice(0, 13);
