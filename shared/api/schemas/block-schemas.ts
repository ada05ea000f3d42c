import * as z from 'zod/mini';
import { blockSchemaFilter } from './filters.ts';
import { jsonObject, paging, uuid } from './values.ts';

/** `POST /block_schemas/` */
export const blockSchemaCreate = z.object({
  fields: z._default(jsonObject, {}),
  block_type_id: uuid,
  capabilities: z._default(z.array(z.string()), []),
  version: z._default(z.string(), 'non-versioned'),
});
export type BlockSchemaCreate = z.infer<typeof blockSchemaCreate>;

export const blockSchemaQuery = z.object({ version: z.optional(z.string()) });

export const blockSchemasFilterBody = z.object({ block_schemas: z.nullish(blockSchemaFilter), ...paging });
export type BlockSchemasFilterBody = z.infer<typeof blockSchemasFilterBody>;
