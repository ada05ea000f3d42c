import * as z from 'zod/mini';
import { filterBodySortedLast, flowFilter, paginateBodySortedLast } from './filters.ts';
import { integer, labels, name, tags } from './values.ts';

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

export const flowFilterBody = filterBodySortedLast(flowSort);
export const flowPaginateBody = paginateBodySortedLast(flowSort);

const BULK_DELETE_LIMIT = 50;

/** `POST /flows/bulk_delete`: the first flows by name that match. */
export const flowsDeleteBody = z.object({
  flows: z.nullish(flowFilter),
  limit: z._default(integer.check(z.gte(1), z.lte(BULK_DELETE_LIMIT)), BULK_DELETE_LIMIT),
});
export type FlowsDeleteBody = z.infer<typeof flowsDeleteBody>;
