import type { Store } from '../../store/store.ts';
import type { App } from '../app.ts';

/** Entities whose names go into every event; a name that changed is noticed after this. */
const REMEMBER_MS = 60_000;
const ENTRIES = 2_000;

type Remembered = 'flows' | 'deployments' | 'workQueues' | 'workPools';
type Row<Name extends Remembered> = Awaited<ReturnType<Store[Name]['get']>>;

const memories = new WeakMap<Store, Map<string, { row: unknown; until: number }>>();

/** An entity as it was at most a minute ago: for events and messages, never for decisions. Null when there is none. */
export async function readRemembered<Name extends Remembered>(
  app: App,
  name: Name,
  id: string | null,
): Promise<Row<Name> | null> {
  if (id === null) return null;
  const memory = memories.get(app.store) ?? new Map<string, { row: unknown; until: number }>();
  memories.set(app.store, memory);
  const now = app.clock.now().getTime();
  const hit = memory.get(`${name}/${id}`);
  if (hit && hit.until > now) return hit.row as Row<Name>;
  const row = (await app.store[name].get(id)) as Row<Name>;
  if (memory.size >= ENTRIES) memory.clear();
  if (row) memory.set(`${name}/${id}`, { row, until: now + REMEMBER_MS });
  return row;
}
