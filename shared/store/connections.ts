import type { Connection, Subscription } from '../domain/connection.ts';
import type { Key } from './key.ts';
import { keys } from './keys.ts';
import type { Cursor } from './range.ts';
import type { Table } from './table.ts';

/** API Gateway ends a WebSocket after 2 hours; what is left of it may go then. */
const LIFE_SECONDS = 2 * 3600 + 600;

/** Copies of an operators' subscription, so that publishing reads one of several keys and none is hot. */
export const SUBSCRIPTION_SHARDS = 2;

/** Open WebSockets, and what they want to hear (rule 24). All expire with the longest life of a connection. */
export class ConnectionRepository {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async get(id: string): Promise<Connection | null> {
    return (await this.#table.get<Connection>(keys.entity('connection', id)))?.doc ?? null;
  }

  async put(connection: Connection, now: Date): Promise<void> {
    await this.#table.put({ key: keys.entity('connection', connection.id), doc: connection, expiresAt: lifeEnd(now) });
  }

  /** Stores a subscription at its places; the connection item remembers them first, so that no copy is forgotten. */
  async subscribe(
    connection: Connection,
    subscription: Subscription,
    places: readonly Key[],
    now: Date,
  ): Promise<void> {
    await this.put({ ...connection, subscribed: [...connection.subscribed, ...places] }, now);
    await Promise.all(places.map((key) => this.#table.put({ key, doc: subscription, expiresAt: lifeEnd(now) })));
  }

  /** What a connection wants to hear; null when it has not said so. */
  async subscriptionOf({ subscribed: [place] }: Connection): Promise<Subscription | null> {
    return place ? ((await this.#table.get<Subscription>(place))?.doc ?? null) : null;
  }

  /** The subscriptions stored under one key: within a tree of runs, or of operators. */
  async subscriptionsAt(pk: string): Promise<Subscription[]> {
    const found: Subscription[] = [];
    let after: Cursor | undefined;
    do {
      const page = await this.#table.query<Subscription>({ pk, ...(after && { after }) });
      found.push(...page.items.map((item) => item.doc));
      after = page.next ?? undefined;
    } while (after);
    return found;
  }

  /** Forgets a connection and what it wanted to hear. May be repeated. */
  async remove(id: string): Promise<void> {
    const connection = await this.get(id);
    await Promise.all((connection?.subscribed ?? []).map((key) => this.#table.remove(key)));
    await this.#table.remove(keys.entity('connection', id));
  }
}

export function connectionRepository(table: Table): ConnectionRepository {
  return new ConnectionRepository(table);
}

export const lifeEnd = (now: Date): Date => new Date(now.getTime() + LIFE_SECONDS * 1000);
