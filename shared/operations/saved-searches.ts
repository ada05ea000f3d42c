import type { SavedSearchCreate, SavedSearchesFilterBody } from '../api/schemas/saved-searches.ts';
import { notFound } from '../domain/errors.ts';
import type { SavedSearch } from '../domain/saved-search.ts';
import { type App, timestamp } from './app.ts';
import { takePage } from './lists/filtering.ts';

/** Keeps filters under a name; those of an existing search are replaced. May be repeated. */
export async function saveSearch(app: App, body: SavedSearchCreate): Promise<{ doc: SavedSearch; created: boolean }> {
  const now = timestamp(app);
  const made = await app.store.savedSearches.create({
    id: app.clock.newId(),
    created: now,
    updated: now,
    name: body.name,
    filters: body.filters,
  });
  if (made.created) return made;
  const filters = body.filters;
  const doc = await app.store.savedSearches.update(made.doc.id, (search) => ({ ...search, filters, updated: now }));
  return { doc: doc ?? made.doc, created: false };
}

export async function readSavedSearch(app: App, id: string): Promise<SavedSearch> {
  const search = await app.store.savedSearches.get(id);
  if (!search) throw notFound('Saved search not found');
  return search;
}

export async function deleteSavedSearch(app: App, id: string): Promise<void> {
  if (!(await app.store.savedSearches.delete(id))) throw notFound('Saved search not found');
}

/** By name. */
export async function filterSavedSearches(app: App, body: SavedSearchesFilterBody): Promise<SavedSearch[]> {
  return takePage(app.store.savedSearches.list(), body);
}
