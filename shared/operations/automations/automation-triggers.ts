import type { StoredAutomation } from '../../domain/automation.ts';
import { classesOfAutomation } from '../../domain/automations/event-classes.ts';
import type { EventClass } from '../../domain/events/event.ts';
import { versionOf } from '../../store/automations.ts';
import type { Store } from '../../store/store.ts';
import type { App } from '../app.ts';

/** A change of an automation by another process is noticed after this. */
const REMEMBER_MS = 5_000;

interface Memory {
  readonly until: number;
  /** By version, so that only what changed is read again. */
  readonly rows: ReadonlyMap<string, StoredAutomation>;
}

const memories = new WeakMap<Store, Map<EventClass, Memory>>();

/**
 * The enabled automations that events of a class can concern, as they were a few seconds ago. One small read per class and
 * process when that time is over, and those that changed.
 */
export async function automationsOfClass(app: App, eventClass: EventClass): Promise<readonly StoredAutomation[]> {
  const memory = memories.get(app.store) ?? new Map<EventClass, Memory>();
  memories.set(app.store, memory);
  const known = memory.get(eventClass);
  if (known && known.until > app.clock.now().getTime()) return [...known.rows.values()];
  // Kept only once it is there: a read that never ends must hold up nobody but who asked for it.
  const loaded = await load(app, eventClass, known?.rows ?? new Map());
  memory.set(eventClass, loaded);
  return [...loaded.rows.values()];
}

/**
 * After a change made by this process: it evaluates the automation as it is now, and no more when it is deleted. What it knows
 * of the others stays, so that making many costs no reading of all for each.
 */
export function learnAutomation(app: App, automation: StoredAutomation, change: 'stored' | 'deleted'): void {
  const classes = change === 'stored' ? classesOfAutomation(automation) : [];
  const memory = memories.get(app.store);
  for (const [eventClass, { until, rows }] of memory ?? []) {
    const others = [...rows].filter(([, { id }]) => id !== automation.id);
    const own = classes.includes(eventClass) ? [[versionOf(automation), automation] as const] : [];
    memory!.set(eventClass, { until, rows: new Map([...others, ...own]) });
  }
}

async function load(app: App, eventClass: EventClass, known: Memory['rows']): Promise<Memory> {
  const versions = await app.store.automations.versionsOf(eventClass);
  const missing = [...versions].filter(([version]) => !known.has(version)).map(([, id]) => id);
  const read = new Map((await app.store.automations.getMany(missing)).map((row) => [row.id, row]));
  const rows = new Map<string, StoredAutomation>();
  for (const [version, id] of versions) {
    const row = known.get(version) ?? read.get(id);
    if (row?.enabled) rows.set(version, row);
  }
  return { until: app.clock.now().getTime() + REMEMBER_MS, rows };
}
