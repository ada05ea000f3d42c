import { type StoredBlockDocument, sealContext } from '../../domain/blocks/block.ts';
import type { JsonObject } from '../../domain/json/json.ts';
import { parseLossless } from '../../domain/json/lossless-json.ts';
import type { App } from '../app.ts';

/** A document's data as it may lie in the table: encrypted for this document alone. */
export async function sealData(
  app: App,
  document: Pick<StoredBlockDocument, 'block_type_id' | 'name'>,
  data: JsonObject,
): Promise<string> {
  return app.secrets.encrypt(JSON.stringify(data), sealContext(document));
}

/** The reverse. Throws `TerminalError('undecryptable')`. */
export async function unsealData(app: App, document: StoredBlockDocument): Promise<JsonObject> {
  return parseLossless(await app.secrets.decrypt(document.sealedData, sealContext(document))) as JsonObject;
}
