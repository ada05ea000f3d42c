import type { BlockDocumentsCountBody, BlockDocumentsFilterBody } from '../../api/schemas/block-documents.ts';
import type { BlockDocument, StoredBlockDocument } from '../../domain/blocks/block.ts';
import type { Principal } from '../../domain/principal.ts';
import type { App } from '../app.ts';
import { matchesBlockDocument, matchesBlockSchema, matchesBlockType } from '../filters/blocks.ts';
import { byText, countRows, matching, takePage } from '../lists/filtering.ts';
import { hydrateBlockDocuments, mayReadSecrets } from './block-hydration.ts';
import { findBlockSchema } from './block-schemas.ts';
import { findBlockType, readBlockTypeBySlug } from './block-types.ts';

export async function filterBlockDocuments(
  app: App,
  principal: Principal,
  body: BlockDocumentsFilterBody,
): Promise<BlockDocument[]> {
  mayReadSecrets(principal, body.include_secrets ?? false);
  const page = await takePage(await matchingDocuments(app, body), body);
  return hydrateBlockDocuments(app, page, body.include_secrets ?? false);
}

/** All of a type but anonymous ones, by name. */
export async function readBlockDocumentsOfType(
  app: App,
  principal: Principal,
  slug: string,
  includeSecrets: boolean,
): Promise<BlockDocument[]> {
  mayReadSecrets(principal, includeSecrets);
  const type = await readBlockTypeBySlug(app, slug);
  const documents: StoredBlockDocument[] = [];
  for await (const document of app.store.blockDocuments.ofType(type.id)) {
    if (!document.is_anonymous) documents.push(document);
  }
  return hydrateBlockDocuments(app, documents, includeSecrets);
}

export async function countBlockDocuments(app: App, body: BlockDocumentsCountBody): Promise<number> {
  return countRows(await matchingDocuments(app, body));
}

async function matchingDocuments(
  app: App,
  body: BlockDocumentsFilterBody | BlockDocumentsCountBody,
): Promise<AsyncIterable<StoredBlockDocument>> {
  const { sort = 'NAME_ASC' } = body as BlockDocumentsFilterBody;
  const documents = app.store.blockDocuments.list({ descending: sort === 'NAME_DESC' });
  const rows = matching(documents, async (document) => {
    if (!matchesBlockDocument(body.block_documents, document)) return false;
    const type = body.block_types && (await findBlockType(app, document.block_type_id));
    if (body.block_types && !(type && matchesBlockType(body.block_types, type))) return false;
    const schema = body.block_schemas && (await findBlockSchema(app, document.block_schema_id));
    return !body.block_schemas || Boolean(schema && matchesBlockSchema(body.block_schemas, schema));
  });
  return sort === 'BLOCK_TYPE_AND_NAME_ASC' ? byTypeName(app, rows) : rows;
}

async function* byTypeName(app: App, rows: AsyncIterable<StoredBlockDocument>): AsyncGenerator<StoredBlockDocument> {
  const documents: StoredBlockDocument[] = [];
  for await (const document of rows) documents.push(document);
  const types = await app.store.blockTypes.getMany([...new Set(documents.map((document) => document.block_type_id))]);
  const names = new Map(types.map((type) => [type.id, type.name]));
  const typeName = (document: StoredBlockDocument) => names.get(document.block_type_id) ?? null;
  yield* documents.sort((a, b) => byText(typeName(a), typeName(b)) || byText(a.name, b.name));
}
