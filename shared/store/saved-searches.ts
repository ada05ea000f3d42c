import type { SavedSearch } from '../domain/saved-search.ts';
import { Collection } from './collection.ts';
import { keys } from './keys.ts';
import type { Table } from './table.ts';

/** Saved searches: unique by name, listed by name. */
export function savedSearchRepository(table: Table): Collection<SavedSearch> {
  return new Collection<SavedSearch>(table, {
    kind: 'savedSearch',
    uniqueName: (search) => search.name,
    indexes: (search) => ({ ix1: keys.list('savedSearch', search.name) }),
  });
}
