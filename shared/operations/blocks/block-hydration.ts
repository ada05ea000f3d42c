import type { BlockDocument, BlockSchema, BlockType, StoredBlockDocument } from '../../domain/blocks/block.ts';
import { obfuscate, secretPaths } from '../../domain/blocks/secret-fields.ts';
import { ClientError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json/json.ts';
import type { Principal } from '../../domain/principal.ts';
import type { App } from '../app.ts';
import { presentBlockSchema } from './block-schemas.ts';
import { unsealData } from './block-sealing.ts';

/** Prefect's own bound; deeper references are left out. */
const MAX_DEPTH = 50;

/** All that the documents of one answer need, each item read once. */
interface Material {
  documents: Map<string, StoredBlockDocument>;
  data: Map<string, JsonObject>;
  schemas: Map<string, BlockSchema>;
  types: Map<string, BlockType>;
  includeSecrets: boolean;
}

/**
 * The documents as the API shows them: decrypted, secrets obfuscated unless asked for, the data of referenced documents in
 * place. A reference to a document that is gone leaves no key.
 */
export async function hydrateBlockDocuments(
  app: App,
  roots: readonly StoredBlockDocument[],
  includeSecrets: boolean,
): Promise<BlockDocument[]> {
  const documents = await withReferenced(app, roots);
  const all = [...documents.values()];
  const [types, schemas] = await Promise.all([
    app.store.blockTypes.getMany([...new Set(all.map((document) => document.block_type_id))]),
    app.store.blockSchemas.getMany([...new Set(all.map((document) => document.block_schema_id))]),
  ]);
  const typeById = new Map(types.map((type) => [type.id, type]));
  const material: Material = {
    documents,
    data: new Map(await Promise.all(all.map(async (one) => [one.id, await unsealData(app, one)] as const))),
    schemas: new Map(
      schemas.map((schema) => [schema.id, presentBlockSchema(schema, typeById.get(schema.block_type_id) ?? null)]),
    ),
    types: typeById,
    includeSecrets,
  };
  return roots.map((root) => build(root, material, 0));
}

async function withReferenced(
  app: App,
  roots: readonly StoredBlockDocument[],
): Promise<Map<string, StoredBlockDocument>> {
  const found = new Map(roots.map((root) => [root.id, root]));
  let level = roots;
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const wanted = new Set(level.flatMap((document) => Object.values(document.references)));
    level = await app.store.blockDocuments.getMany([...wanted].filter((id) => !found.has(id)));
    for (const document of level) found.set(document.id, document);
  }
  return found;
}

function build(stored: StoredBlockDocument, material: Material, depth: number): BlockDocument {
  const schema = material.schemas.get(stored.block_schema_id) ?? null;
  const type = material.types.get(stored.block_type_id) ?? null;
  const own = material.data.get(stored.id) ?? {};
  const document: BlockDocument = {
    id: stored.id,
    created: stored.created,
    updated: stored.updated,
    name: stored.name,
    data: material.includeSecrets ? { ...own } : obfuscate(own, secretPaths(schema?.fields ?? null)),
    block_schema_id: stored.block_schema_id,
    block_schema: schema,
    block_type_id: stored.block_type_id,
    block_type_name: type?.name ?? null,
    block_type: type,
    block_document_references: {},
    is_anonymous: stored.is_anonymous,
  };
  for (const [key, id] of Object.entries(stored.references)) {
    const referenced = material.documents.get(id);
    if (!referenced || depth >= MAX_DEPTH) continue;
    const child = build(referenced, material, depth + 1);
    const { name, block_type, is_anonymous, block_document_references } = child;
    document.data[key] = child.data;
    document.block_document_references[key] = {
      block_document: { id, name, block_type, is_anonymous, block_document_references },
    };
  }
  return document;
}

/** Secrets are for editors and runs (rule 8). */
export function mayReadSecrets(principal: Principal, includeSecrets: boolean): void {
  if (!includeSecrets || principal.kind !== 'api-key' || principal.role !== 'viewer') return;
  throw new ClientError('forbidden', 'This API key has the role "viewer"; reading secrets asks for "editor".');
}
