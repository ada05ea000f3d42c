import type { Flow } from '../domain/flow.ts';
import { Collection } from './collection.ts';
import { keys } from './keys.ts';
import type { Table } from './table.ts';

/** Flows: unique by name, listed by name. */
export function flowRepository(table: Table): Collection<Flow> {
  return new Collection<Flow>(table, {
    kind: 'flow',
    uniqueName: (flow) => flow.name,
    indexes: (flow) => ({ ix1: keys.list('flow', flow.name) }),
  });
}
