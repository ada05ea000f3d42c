import * as z from 'zod/mini';
import { blockDocumentFilter, blockSchemaFilter, blockTypeFilter } from './filters.ts';
import { flag, jsonObject, name, offset, pageLimit, uuid } from './values.ts';

const documentName = name.check(
  z.refine((text: string) => /^[a-z0-9-]*$/.test(text), {
    error: 'Block document name must only contain lowercase letters, numbers, and dashes.',
  }),
);

const isNamed = (body: { name?: unknown; is_anonymous?: unknown }) => Boolean(body.is_anonymous || body.name);

/** `POST /block_documents/` */
export const blockDocumentCreate = z.pipe(
  z.transform((body: unknown, context) => {
    if (typeof body !== 'object' || body === null || isNamed(body)) return body;
    context.issues.push({ code: 'custom', message: 'Names must be provided for block documents.', input: body });
    return z.NEVER;
  }),
  z.object({
    name: z.nullish(documentName),
    data: z._default(jsonObject, {}),
    block_schema_id: uuid,
    block_type_id: uuid,
    is_anonymous: z._default(flag, false),
  }),
);
export type BlockDocumentCreate = z.infer<typeof blockDocumentCreate>;

/** `PATCH /block_documents/{id}` */
export const blockDocumentUpdate = z.object({
  block_schema_id: z.nullish(uuid),
  data: z.optional(jsonObject),
  merge_existing_data: z._default(flag, true),
});
export type BlockDocumentUpdate = z.infer<typeof blockDocumentUpdate>;

export const blockDocumentQuery = z.object({ include_secrets: z._default(flag, false) });

export const BLOCK_DOCUMENT_SORTS = ['NAME_DESC', 'NAME_ASC', 'BLOCK_TYPE_AND_NAME_ASC'] as const;

const filters = {
  block_documents: z.nullish(blockDocumentFilter),
  block_types: z.nullish(blockTypeFilter),
  block_schemas: z.nullish(blockSchemaFilter),
};
export const blockDocumentsCountBody = z.object(filters);
export type BlockDocumentsCountBody = z.infer<typeof blockDocumentsCountBody>;

export const blockDocumentsFilterBody = z.object({
  limit: pageLimit,
  ...filters,
  include_secrets: z.nullish(flag),
  sort: z.nullish(z.enum(BLOCK_DOCUMENT_SORTS)),
  offset,
});
export type BlockDocumentsFilterBody = z.infer<typeof blockDocumentsFilterBody>;
