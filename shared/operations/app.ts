import type { Ports } from '../ports/home.ts';
import type { Store } from '../store/store.ts';

/** What every operation works with: the store and what differs by home. */
export interface App extends Ports {
  readonly store: Store;
  /** One structured line for the operator: ids and facts, never secrets or parameters. */
  readonly log: (line: Record<string, unknown>) => void;
}

/** The present instant as entities carry it: UTC with microseconds. */
export function timestamp(app: App): string {
  return toTimestamp(app.clock.now());
}

export function toTimestamp(at: Date): string {
  return at.toISOString().replace(/\.(\d{3})Z$/, '.$1000Z');
}
