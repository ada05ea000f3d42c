import * as z from 'zod/mini';
import { blockSchemaFilter, blockTypeFilter } from './filters.ts';
import { name, offset, pageLimit } from './values.ts';

const text = z.nullish(z.string());

/** `POST /block_types/` */
export const blockTypeCreate = z.object({
  name,
  slug: z.string().check(
    z.refine((slug: string) => /^[a-z0-9-]*$/.test(slug), {
      error: 'Block type slug must only contain lowercase letters, numbers, and dashes.',
    }),
  ),
  logo_url: text,
  documentation_url: text,
  description: text,
  code_example: text,
});
export type BlockTypeCreate = z.infer<typeof blockTypeCreate>;

/** `PATCH /block_types/{id}`: only the keys present are applied. */
export const blockTypeUpdate = z.object({
  logo_url: text,
  documentation_url: text,
  description: text,
  code_example: text,
});
export type BlockTypeUpdate = z.infer<typeof blockTypeUpdate>;

export const blockTypesFilterBody = z.object({
  limit: pageLimit,
  block_types: z.nullish(blockTypeFilter),
  block_schemas: z.nullish(blockSchemaFilter),
  offset,
});
export type BlockTypesFilterBody = z.infer<typeof blockTypesFilterBody>;
