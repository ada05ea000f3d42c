import type { StoredAutomation } from '../domain/automation.ts';
import { classesOfAutomation } from '../domain/automations/event-classes.ts';
import { EVENT_CLASSES, type EventClass } from '../domain/events/event.ts';
import { Collection } from './collection.ts';
import { idOf, keys } from './keys.ts';
import type { Cursor, IndexName } from './range.ts';
import type { IndexKeys, Table } from './table.ts';

/** Where the enabled automations of a class of events are listed. */
const CLASS_INDEX: Record<EventClass, IndexName> = { 'flow-run': 'ix2', 'task-run': 'ix3', other: 'ix4' };

export class AutomationRepository extends Collection<StoredAutomation> {
  /**
   * The enabled automations that events of a class can concern: their ids by version, which every change renews. Reads keys
   * alone; lags a moment behind.
   */
  async versionsOf(eventClass: EventClass): Promise<Map<string, string>> {
    const versions = new Map<string, string>();
    let after: Cursor | undefined;
    do {
      const range = { index: CLASS_INDEX[eventClass], pk: keys.automationsOfClass(eventClass, '').pk };
      const page = await this.table.list({ ...range, ...(after && { after }) });
      for (const { key, sort } of page.items) versions.set(sort, idOf(key));
      after = page.next ?? undefined;
    } while (after);
    return versions;
  }
}

/** Automations: names may repeat; listed by name. */
export function automationRepository(table: Table): AutomationRepository {
  return new AutomationRepository(table, {
    kind: 'automation',
    indexes: (automation) => ({
      ix1: keys.list('automation', `${automation.name}\u0001${automation.id}`),
      ...placesOf(automation),
    }),
  });
}

/** Where it stands in the lists of its classes; every change renews it. */
export const versionOf = ({ updated, id }: StoredAutomation): string => `${updated}#${id}`;

function placesOf(automation: StoredAutomation): IndexKeys {
  const classes = classesOfAutomation(automation);
  const sort = versionOf(automation);
  return Object.fromEntries(
    EVENT_CLASSES.filter((one) => classes.includes(one)).map((one) => [
      CLASS_INDEX[one],
      keys.automationsOfClass(one, sort),
    ]),
  );
}
