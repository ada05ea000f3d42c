import * as z from 'zod/mini';
import { filterBody, paginateBody } from './filters.ts';
import { labels, name, tags } from './values.ts';

export const FLOW_SORTS = ['CREATED_DESC', 'UPDATED_DESC', 'NAME_ASC', 'NAME_DESC'] as const;
export const flowSort = z.enum(FLOW_SORTS);
export type FlowSort = z.infer<typeof flowSort>;

/** `POST /flows/` */
export const flowCreate = z.object({
  name,
  tags: z._default(tags, []),
  labels: z.nullish(labels),
});
export type FlowCreate = z.infer<typeof flowCreate>;

/** `PATCH /flows/{id}`: only the keys present are applied. */
export const flowUpdate = z.object({ tags: z.optional(tags) });
export type FlowUpdate = z.infer<typeof flowUpdate>;

export const flowFilterBody = filterBody(flowSort);
export const flowPaginateBody = paginateBody(flowSort);
