import type { Variable } from '../domain/variable.ts';
import { Collection } from './collection.ts';
import { keys } from './keys.ts';
import type { Table } from './table.ts';

/** Variables: unique by name, listed by name. */
export function variableRepository(table: Table): Collection<Variable> {
  return new Collection<Variable>(table, {
    kind: 'variable',
    uniqueName: (variable) => variable.name,
    indexes: (variable) => ({ ix1: keys.list('variable', variable.name) }),
  });
}
