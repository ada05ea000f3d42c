import type { Json } from './json/json.ts';

/** Prefect's `SavedSearch`: a set of filters that the web page keeps under a name. */
export interface SavedSearch {
  id: string;
  created: string;
  updated: string;
  name: string;
  filters: SavedSearchFilter[];
}

export interface SavedSearchFilter {
  object: string;
  property: string;
  type: string;
  operation: string;
  value: Json;
}
