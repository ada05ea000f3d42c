import type { ApiKey } from '../domain/api-key.ts';
import { Collection } from './collection.ts';
import { keys } from './keys.ts';
import type { Table } from './table.ts';

/** API keys by the hash of the key, listed by name. */
export function apiKeyRepository(table: Table): Collection<ApiKey> {
  return new Collection<ApiKey>(table, {
    kind: 'apiKey',
    uniqueName: (key) => key.name,
    indexes: (key) => ({ ix1: keys.list('apiKey', key.name) }),
  });
}
