import * as z from 'zod/mini';
import { json, offset, pageLimit } from './values.ts';

const savedSearchFilter = z.object({
  object: z.string(),
  property: z.string(),
  type: z.string(),
  operation: z.string(),
  value: json,
});

/** `PUT /saved_searches/` */
export const savedSearchCreate = z.object({ name: z.string(), filters: z._default(z.array(savedSearchFilter), []) });
export type SavedSearchCreate = z.infer<typeof savedSearchCreate>;

export const savedSearchesFilterBody = z.object({ limit: pageLimit, offset });
export type SavedSearchesFilterBody = z.infer<typeof savedSearchesFilterBody>;
