import type { StoredAutomation } from '../domain/automation.ts';
import { Collection } from './collection.ts';
import { keys } from './keys.ts';
import type { Table } from './table.ts';

/** Automations: names may repeat; listed by name. */
export function automationRepository(table: Table): Collection<StoredAutomation> {
  return new Collection<StoredAutomation>(table, {
    kind: 'automation',
    indexes: (automation) => ({ ix1: keys.list('automation', `${automation.name}\u0001${automation.id}`) }),
  });
}
