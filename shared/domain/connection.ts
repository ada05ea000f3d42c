import type { EventFilter } from './events/matches.ts';
import type { LogCriteria } from './filters/logs.ts';
import type { Principal } from './principal.ts';

/** The doors that speak WebSocket. */
export const SOCKET_PATHS = ['/events/in', '/events/out', '/logs/out', '/task_runs/subscriptions/scheduled'] as const;
export type SocketPath = (typeof SOCKET_PATHS)[number];

/** An open WebSocket. */
export interface Connection {
  readonly id: string;
  readonly path: SocketPath;
  /** Null until the first message has said who it is. */
  readonly principal: Principal | null;
  /** Where its subscription is stored. */
  readonly subscribed: readonly { readonly pk: string; readonly sk: string }[];
}

/** What a connection wants to hear. */
export type Subscription = {
  readonly connectionId: string;
  /** A run token hears only of this run and of what it created. */
  readonly ownerRunId: string | null;
} & ({ readonly kind: 'event'; readonly filter: EventFilter } | { readonly kind: 'log'; readonly filter: LogCriteria });
