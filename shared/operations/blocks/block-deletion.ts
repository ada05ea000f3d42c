import type { StoredBlockDocument } from '../../domain/blocks/block.ts';
import { ClientError, notFound } from '../../domain/errors.ts';
import { blockDocumentEvent, blockTypeEvent } from '../../domain/events/lifecycle-events.ts';
import type { App } from '../app.ts';
import { announce } from '../events/announce.ts';
import { hydrateBlockDocuments } from './block-hydration.ts';
import { readBlockSchema } from './block-schemas.ts';
import { readBlockType } from './block-types.ts';
import { clearDefaultStorage, readDefaultStorage } from './default-storage.ts';

/** Deletes the type with its schemas and documents; 403 for protected ones. May be repeated after a crash. */
export async function deleteBlockType(app: App, id: string): Promise<void> {
  const type = await readBlockType(app, id);
  if (type.is_protected) throw new ClientError('forbidden', 'protected block types cannot be deleted.');
  await deleteDocumentsWhere(app, id, () => true);
  for await (const schema of app.store.blockSchemas.ofType(id)) await app.store.blockSchemas.delete(schema.id);
  await app.store.blockTypes.delete(id);
  await announce(app, (stamp) => blockTypeEvent(stamp, 'deleted', type));
}

/** Deletes the schema and the documents made with it; 403 for those of protected types. */
export async function deleteBlockSchema(app: App, id: string): Promise<void> {
  const schema = await readBlockSchema(app, id);
  if (schema.block_type?.is_protected) {
    throw new ClientError('forbidden', 'Block schemas for protected block types cannot be deleted.');
  }
  await deleteDocumentsWhere(app, schema.block_type_id, (document) => document.block_schema_id === id);
  await app.store.blockSchemas.delete(id);
}

/** Deletes a document; documents that refer to it lose that key when they are next read. Throws 404. */
export async function deleteBlockDocument(app: App, id: string): Promise<void> {
  await forgetDefaultStorage(app, id);
  const stored = await app.store.blockDocuments.get(id);
  const [document] = stored && !stored.is_anonymous ? await hydrateBlockDocuments(app, [stored], false) : [];
  if (!(await app.store.blockDocuments.delete(id))) throw notFound('Block document not found');
  if (document) await announce(app, (stamp) => blockDocumentEvent(stamp, 'deleted', document));
}

async function deleteDocumentsWhere(
  app: App,
  typeId: string,
  matches: (document: StoredBlockDocument) => boolean,
): Promise<void> {
  for await (const document of app.store.blockDocuments.ofType(typeId)) {
    if (!matches(document)) continue;
    await forgetDefaultStorage(app, document.id);
    await app.store.blockDocuments.delete(document.id);
  }
}

async function forgetDefaultStorage(app: App, id: string): Promise<void> {
  if ((await readDefaultStorage(app)).default_result_storage_block_id === id) await clearDefaultStorage(app);
}
