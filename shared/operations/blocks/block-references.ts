import { ClientError } from '../../domain/errors.ts';
import { isJsonObject, type JsonObject } from '../../domain/json/json.ts';
import type { App } from '../app.ts';

/** A reference is a top-level value `{"$ref": {"block_document_id": …}}`. */
export function separateReferences(given: JsonObject): {
  data: JsonObject;
  references: Record<string, string>;
} {
  const data: JsonObject = {};
  const references: Record<string, string> = {};
  for (const [key, value] of Object.entries(given)) {
    if (!isJsonObject(value) || !('$ref' in value)) {
      data[key] = value;
      continue;
    }
    const target = isJsonObject(value['$ref']) ? value['$ref']['block_document_id'] : undefined;
    if (typeof target !== 'string') {
      throw new ClientError('malformed', `Received block reference without a block_document_id in key ${key}`);
    }
    references[key] = target.toLowerCase();
  }
  return { data, references };
}

/** Throws 400 unless every document exists and none of them leads back to `id`. */
export async function checkReferences(
  app: App,
  id: string,
  references: Readonly<Record<string, string>>,
): Promise<void> {
  for (const target of Object.values(references)) {
    const seen = new Set<string>();
    for (let level = [target]; level.length > 0; ) {
      if (level.includes(id)) throw new ClientError('malformed', cycleMessage(id, target));
      const documents = await app.store.blockDocuments.getMany(level);
      if (seen.size === 0 && documents.length === 0) {
        throw new ClientError('malformed', `Block document ${target} not found.`);
      }
      for (const one of level) seen.add(one);
      const next = documents.flatMap((document) => Object.values(document.references));
      level = [...new Set(next)].filter((one) => !seen.has(one));
    }
  }
}

const cycleMessage = (parent: string, reference: string): string =>
  'Cannot create block document reference: it would introduce a cycle into the block_document_reference graph ' +
  `(parent=${parent}, reference=${reference}).`;
