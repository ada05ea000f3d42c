import type { BlockDocumentCreate, BlockDocumentUpdate } from '../../api/schemas/block-documents.ts';
import type { BlockDocument, StoredBlockDocument } from '../../domain/blocks/block.ts';
import { keepObfuscated, secretPaths } from '../../domain/blocks/secret-fields.ts';
import { ClientError, ConflictError, notFound } from '../../domain/errors.ts';
import { blockDocumentEvent } from '../../domain/events/lifecycle-events.ts';
import type { JsonObject } from '../../domain/json/json.ts';
import { plainNumbers } from '../../domain/json/lossless-json.ts';
import type { Principal } from '../../domain/principal.ts';
import { type App, timestamp } from '../app.ts';
import { announce } from '../events/announce.ts';
import { checkPoolsOfBlock } from '../work-pools/pools-of-block.ts';
import { tryRefusedPools } from '../work-pools/refused-pools.ts';
import { hydrateBlockDocuments, mayReadSecrets } from './block-hydration.ts';
import { checkReferences, separateReferences } from './block-references.ts';
import { findBlockSchema, presentBlockSchema } from './block-schemas.ts';
import { sealData, unsealData } from './block-sealing.ts';
import { findBlockType, findBlockTypeBySlug } from './block-types.ts';

const UPDATE_ATTEMPTS = 8;

/** A body whose data has kept the spelling of its numbers. */
type Lossless<Body> = Omit<Body, 'data'> & { data: JsonObject };

/** Stores a document, its data encrypted. Throws 404, 409 for a taken name, 400 for what cannot be referred to. */
export async function createBlockDocument(app: App, body: Lossless<BlockDocumentCreate>): Promise<BlockDocument> {
  const type = await findBlockType(app, body.block_type_id);
  if (!type) throw notFound(`Block type ${body.block_type_id} not found.`);
  const schema = await findBlockSchema(app, body.block_schema_id);
  if (!schema) throw notFound(`Block schema ${body.block_schema_id} not found.`);
  const { data, references } = separateReferences(body.data);
  const id = app.clock.newId();
  await checkReferences(app, id, references);
  const name = body.name || `anonymous-${app.clock.newId()}`;
  const now = timestamp(app);
  const { doc, created } = await app.store.blockDocuments.create({
    id,
    created: now,
    updated: now,
    name,
    block_schema_id: schema.id,
    block_type_id: type.id,
    is_anonymous: body.is_anonymous,
    sealedData: await sealData(app, { block_type_id: type.id, name }, data),
    references,
  });
  if (!created) throw new ClientError('conflict', 'Block already exists');
  await tryRefusedPools(app);
  const made = await hydrateOne(app, doc, false);
  await announceBlockDocument(app, 'created', made);
  return made;
}

export async function readBlockDocument(
  app: App,
  principal: Principal,
  id: string,
  includeSecrets: boolean,
): Promise<BlockDocument> {
  mayReadSecrets(principal, includeSecrets);
  return hydrateOne(app, await app.store.blockDocuments.get(id), includeSecrets);
}

export async function readBlockDocumentByName(
  app: App,
  principal: Principal,
  slug: string,
  name: string,
  includeSecrets: boolean,
): Promise<BlockDocument> {
  mayReadSecrets(principal, includeSecrets);
  const type = await findBlockTypeBySlug(app, slug);
  const document = type && (await app.store.blockDocuments.getByTypeAndName(type.id, name));
  return hydrateOne(app, document, includeSecrets);
}

/** The data of a document with its secrets, nested documents in place; null when there is none. For our own use. */
export async function getBlockDocumentData(app: App, id: string): Promise<JsonObject | null> {
  const stored = await app.store.blockDocuments.get(id);
  return stored && dataOf(app, stored);
}

/** The same by the slug of its type and its name. */
export async function getBlockDocumentDataByName(app: App, typeSlug: string, name: string): Promise<JsonObject | null> {
  const type = await findBlockTypeBySlug(app, typeSlug);
  const stored = type && (await app.store.blockDocuments.getByTypeAndName(type.id, name));
  return stored && dataOf(app, stored);
}

/**
 * Applies the keys present. Data is merged key by key, or replaces the old with `merge_existing_data: false`; a secret that
 * comes back obfuscated keeps its value. Throws 404, 400 for a schema of another type and for bad references.
 */
export async function updateBlockDocument(
  app: App,
  id: string,
  body: Omit<BlockDocumentUpdate, 'data'> & { data?: JsonObject | undefined },
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const stored = await app.store.blockDocuments.read(id);
    if (!stored) throw notFound('Block document not found');
    const next = await changed(app, stored.doc, body);
    await checkPoolsOfBlock(app, id, await dataOf(app, stored.doc), await dataOf(app, next));
    try {
      await app.store.table.replace(stored, app.store.blockDocuments.write(next));
      await tryRefusedPools(app);
      await announceBlockDocument(app, 'updated', await hydrateOne(app, next, false));
      return;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt >= UPDATE_ATTEMPTS) throw error;
    }
  }
}

/** Nothing is told of anonymous documents. */
async function announceBlockDocument(app: App, change: 'created' | 'updated', document: BlockDocument): Promise<void> {
  if (!document.is_anonymous) await announce(app, (stamp) => blockDocumentEvent(stamp, change, document));
}

async function changed(
  app: App,
  document: StoredBlockDocument,
  body: Omit<BlockDocumentUpdate, 'data'> & { data?: JsonObject | undefined },
): Promise<StoredBlockDocument> {
  const schemaId = body.block_schema_id ?? document.block_schema_id;
  const schema = await findBlockSchema(app, schemaId);
  if (body.block_schema_id && !schema) throw new ClientError('malformed', `Block schema ${schemaId} not found.`);
  if (schema && schema.block_type_id !== document.block_type_id) {
    const message = 'Must migrate block document to a block schema of the same block type.';
    throw new ClientError('malformed', message);
  }
  const next = { ...document, block_schema_id: schemaId, updated: timestamp(app) };
  const update = body.data ?? (body.merge_existing_data ? undefined : {});
  if (!update) return next;
  const current = await unsealData(app, document);
  const former = await findBlockSchema(app, document.block_schema_id);
  const secrets = secretPaths(former && presentBlockSchema(former, null).fields);
  const { data, references } = separateReferences(keepObfuscated(update, current, secrets));
  await checkReferences(app, document.id, references);
  const kept = body.merge_existing_data ? without({ ...current, ...data }, references) : data;
  return {
    ...next,
    sealedData: await sealData(app, document, kept),
    references: body.merge_existing_data ? { ...without(document.references, data), ...references } : references,
  };
}

async function hydrateOne(
  app: App,
  stored: StoredBlockDocument | null,
  includeSecrets: boolean,
): Promise<BlockDocument> {
  const [document] = stored ? await hydrateBlockDocuments(app, [stored], includeSecrets) : [];
  if (!document) throw notFound('Block document not found');
  return document;
}

const dataOf = async (app: App, document: StoredBlockDocument): Promise<JsonObject> =>
  plainData(await hydrateOne(app, document, true));

/** As everybody else's JSON: our own code does not care how a number was spelled. */
function plainData(document: BlockDocument): JsonObject {
  return plainNumbers(document.data);
}

function without<Value>(record: Record<string, Value>, keys: Readonly<Record<string, unknown>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !(key in keys)));
}
