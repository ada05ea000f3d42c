import type * as z from 'zod/mini';
import type { BlockType, BlockDocument as Document, BlockSchema as Schema } from '../../domain/blocks/block.ts';
import type { JsonObject } from '../../domain/json/json.ts';
import type { blockDocumentCreate, blockDocumentUpdate } from '../schemas/block-documents.ts';
import type { Connection } from './connection.ts';
import { allPages } from './paging.ts';

export type { BlockType };
/** As answers are read here: numbers are JavaScript's. */
export type BlockDocument = Omit<Document, 'data' | 'block_schema'> & {
  data: JsonObject;
  block_schema: BlockSchema | null;
};
export type BlockSchema = Omit<Schema, 'fields'> & { fields: JsonObject };

export function blocks({ request }: Connection) {
  const slugAt = (slug: string) => `/block_types/slug/${encodeURIComponent(slug)}`;
  return {
    types: () => allPages((limit, offset) => request<BlockType[]>('POST', '/block_types/filter', { limit, offset })),
    readType: (slug: string) => request<BlockType>('GET', slugAt(slug)),
    /** Null when the type has no schema yet. */
    newestSchema: async (blockTypeId: string) => {
      const body = { block_schemas: { block_type_id: { any_: [blockTypeId] } }, limit: 1 };
      return (await request<BlockSchema[]>('POST', '/block_schemas/filter', body))[0] ?? null;
    },
    /** Secrets are obfuscated unless asked for. */
    readByName: (slug: string, name: string, { secrets = false } = {}) =>
      request<BlockDocument>(
        'GET',
        `${slugAt(slug)}/block_documents/name/${encodeURIComponent(name)}?include_secrets=${secrets}`,
      ),
    list: () =>
      allPages((limit, offset) =>
        request<BlockDocument[]>('POST', '/block_documents/filter', {
          block_documents: { is_anonymous: { eq_: false } },
          sort: 'BLOCK_TYPE_AND_NAME_ASC',
          limit,
          offset,
        }),
      ),
    read: (id: string, { secrets = false } = {}) =>
      request<BlockDocument>('GET', `/block_documents/${id}?include_secrets=${secrets}`),
    create: (body: z.input<typeof blockDocumentCreate>) => request<BlockDocument>('POST', '/block_documents/', body),
    update: (id: string, body: z.input<typeof blockDocumentUpdate>) =>
      request<null>('PATCH', `/block_documents/${id}`, body),
    delete: (id: string) => request<null>('DELETE', `/block_documents/${id}`),
  };
}
