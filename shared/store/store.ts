import { flowRepository } from './flows.ts';
import type { Table } from './table.ts';

/** All repositories over one table. */
export function createStore(table: Table) {
  return {
    table,
    flows: flowRepository(table),
  };
}
export type Store = ReturnType<typeof createStore>;
