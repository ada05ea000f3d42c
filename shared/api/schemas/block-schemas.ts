import * as z from 'zod/mini';
import { blockSchemaFilter } from './filters.ts';
import { jsonObject, offset, pageLimit, uuid } from './values.ts';

/** `POST /block_schemas/` */
export const blockSchemaCreate = z.object({
  fields: z._default(jsonObject, {}),
  block_type_id: uuid,
  capabilities: z._default(z.array(z.string()), []),
  version: z._default(z.string(), 'non-versioned'),
});
export type BlockSchemaCreate = z.infer<typeof blockSchemaCreate>;

export const blockSchemaQuery = z.object({ version: z.optional(z.string()) });

export const blockSchemasFilterBody = z.object({
  limit: pageLimit,
  block_schemas: z.nullish(blockSchemaFilter),
  offset,
});
export type BlockSchemasFilterBody = z.infer<typeof blockSchemasFilterBody>;
