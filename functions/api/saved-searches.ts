import { savedSearchCreate, savedSearchesFilterBody } from '../../shared/api/schemas/saved-searches.ts';
import {
  deleteSavedSearch,
  filterSavedSearches,
  readSavedSearch,
  saveSearch,
} from '../../shared/operations/saved-searches.ts';
import { createdOrExisting, EDIT, noContent, OPERATE_VIEW, ok, type Route, route } from './route.ts';

export const savedSearchRoutes: Route[] = [
  route({
    method: 'PUT',
    path: '/saved_searches/',
    summary: 'Create Saved Search',
    access: EDIT,
    body: savedSearchCreate,
    handle: async ({ app, body }) => createdOrExisting(await saveSearch(app, body)),
  }),
  route({
    method: 'POST',
    path: '/saved_searches/filter',
    summary: 'Read Saved Searches',
    access: OPERATE_VIEW,
    body: savedSearchesFilterBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await filterSavedSearches(app, body)),
  }),
  route({
    method: 'GET',
    path: '/saved_searches/{id}',
    summary: 'Read Saved Search',
    access: OPERATE_VIEW,
    handle: async ({ app, params }) => ok(await readSavedSearch(app, params['id']!)),
  }),
  route({
    method: 'DELETE',
    path: '/saved_searches/{id}',
    summary: 'Delete Saved Search',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteSavedSearch(app, params['id']!);
      return noContent();
    },
  }),
];
