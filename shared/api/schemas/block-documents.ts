import * as z from 'zod/mini';
import { blockDocumentFilter, blockSchemaFilter, blockTypeFilter } from './filters.ts';
import { jsonObject, name, paging, queryFlag, uuid } from './values.ts';

const documentName = name.check(
  z.refine((text: string) => /^[a-z0-9-]*$/.test(text), {
    error: 'Block document name must only contain lowercase letters, numbers, and dashes.',
  }),
);

/** `POST /block_documents/` */
export const blockDocumentCreate = z
  .object({
    name: z.nullish(documentName),
    data: z._default(jsonObject, {}),
    block_schema_id: uuid,
    block_type_id: uuid,
    is_anonymous: z._default(z.boolean(), false),
  })
  .check(
    z.refine((body: { name?: string | null; is_anonymous: boolean }) => Boolean(body.is_anonymous || body.name), {
      error: 'Names must be provided for block documents.',
    }),
  );
export type BlockDocumentCreate = z.infer<typeof blockDocumentCreate>;

/** `PATCH /block_documents/{id}` */
export const blockDocumentUpdate = z.object({
  block_schema_id: z.nullish(uuid),
  data: z.optional(jsonObject),
  merge_existing_data: z._default(z.boolean(), true),
});
export type BlockDocumentUpdate = z.infer<typeof blockDocumentUpdate>;

export const blockDocumentQuery = z.object({ include_secrets: z._default(queryFlag, false) });

export const BLOCK_DOCUMENT_SORTS = ['NAME_DESC', 'NAME_ASC', 'BLOCK_TYPE_AND_NAME_ASC'] as const;

const filters = {
  block_documents: z.nullish(blockDocumentFilter),
  block_types: z.nullish(blockTypeFilter),
  block_schemas: z.nullish(blockSchemaFilter),
};
export const blockDocumentsCountBody = z.object(filters);
export type BlockDocumentsCountBody = z.infer<typeof blockDocumentsCountBody>;

export const blockDocumentsFilterBody = z.object({
  ...filters,
  include_secrets: z.nullish(z.boolean()),
  sort: z.nullish(z.enum(BLOCK_DOCUMENT_SORTS)),
  ...paging,
});
export type BlockDocumentsFilterBody = z.infer<typeof blockDocumentsFilterBody>;
