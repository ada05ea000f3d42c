import { ClientError, notFound } from '../../domain/errors.ts';
import { keys } from '../../store/keys.ts';
import type { App } from '../app.ts';
import { findBlockSchema } from './block-schemas.ts';

/** Where flows keep their results unless they say otherwise; the engine asks for every flow run. */
export interface DefaultStorage {
  default_result_storage_block_id: string | null;
}

const KEY = keys.setting('default-result-storage');

export async function readDefaultStorage(app: App): Promise<DefaultStorage> {
  return (await app.store.table.get<DefaultStorage>(KEY))?.doc ?? { default_result_storage_block_id: null };
}

/** Throws 404 for an unknown block, 422 for one that cannot write. */
export async function writeDefaultStorage(app: App, id: string): Promise<DefaultStorage> {
  const document = await app.store.blockDocuments.get(id);
  if (!document) throw notFound(`Block document ${id} not found.`);
  const schema = await findBlockSchema(app, document.block_schema_id);
  if (!schema?.capabilities.includes('write-path')) {
    throw new ClientError('invalid', `Block document ${id} cannot be used for result storage.`);
  }
  return (await app.store.table.put({ key: KEY, doc: { default_result_storage_block_id: id } })).doc;
}

export async function clearDefaultStorage(app: App): Promise<void> {
  await app.store.table.remove(KEY);
}
