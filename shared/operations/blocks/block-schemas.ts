import type { BlockSchemaCreate, BlockSchemasFilterBody } from '../../api/schemas/block-schemas.ts';
import type { BlockSchema, BlockType, StoredBlockSchema } from '../../domain/blocks/block.ts';
import { blockSchemaId } from '../../domain/blocks/block-ids.ts';
import { reachableDefinitions, referencedNames, schemaChecksum } from '../../domain/blocks/schema-checksum.ts';
import { ClientError, ConflictError, notFound } from '../../domain/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json/json.ts';
import { parseLossless } from '../../domain/json/lossless-json.ts';
import { type App, timestamp } from '../app.ts';
import { matchesBlockSchema } from '../filters/blocks.ts';
import { byText, takePage } from '../lists/filtering.ts';
import { ensureBlockRegistry, packagedSchemaIds, registerMissing } from './block-registry.ts';
import { findBlockType, findBlockTypeBySlug } from './block-types.ts';

const NON_VERSIONED = 'non-versioned';

/**
 * Registers a schema and those nested in its definitions (prefect-api 8.2); an equal one of the same version is returned
 * with `created: false`. May be repeated. `fields` must be lossless. Throws 404 and 409 for missing block types.
 */
export async function createBlockSchema(
  app: App,
  body: Omit<BlockSchemaCreate, 'fields'> & { fields: JsonObject },
): Promise<{ doc: BlockSchema; created: boolean }> {
  const type = await findBlockType(app, body.block_type_id);
  if (!type) throw notFound(`Block type ${body.block_type_id} not found.`);
  const { schema, created } = await register(app, type, body.fields, body);
  return { doc: presentBlockSchema(schema, type), created };
}

export async function readBlockSchema(app: App, id: string): Promise<BlockSchema> {
  const schema = await findBlockSchema(app, id);
  if (!schema) throw notFound('Block schema not found');
  return presentBlockSchema(schema, await findBlockType(app, schema.block_type_id));
}

/** Without a version: the newest of this checksum. */
export async function readBlockSchemaByChecksum(
  app: App,
  checksum: string,
  version: string | null,
): Promise<BlockSchema> {
  const schema = await findByChecksum(app, checksum, version);
  if (!schema) throw notFound('Block schema not found');
  return presentBlockSchema(schema, await findBlockType(app, schema.block_type_id));
}

/** Null when there is none. A packaged schema that nobody has asked for yet is registered. */
export async function findBlockSchema(app: App, id: string): Promise<StoredBlockSchema | null> {
  const read = () => app.store.blockSchemas.get(id);
  return (await read()) ?? ((await registerMissing(app, { schemaId: id })) ? read() : null);
}

/** Newest first. */
export async function filterBlockSchemas(app: App, body: BlockSchemasFilterBody): Promise<BlockSchema[]> {
  const page = await takePage(matchingSchemas(app, body), body);
  const types = await app.store.blockTypes.getMany([...new Set(page.map((schema) => schema.block_type_id))]);
  const typeById = new Map(types.map((type) => [type.id, type]));
  return page.map((schema) => presentBlockSchema(schema, typeById.get(schema.block_type_id) ?? null));
}

/** Every capability that some schema has. */
export async function listBlockCapabilities(app: App): Promise<string[]> {
  await ensureBlockRegistry(app);
  const all = new Set<string>();
  for await (const { capabilities } of app.store.blockSchemas.list()) for (const name of capabilities) all.add(name);
  return [...all].sort();
}

/** The schema as the API shows it. */
export function presentBlockSchema(schema: StoredBlockSchema, type: BlockType | null): BlockSchema {
  const { fieldsText, ...rest } = schema;
  return { ...rest, fields: parseLossless(fieldsText) as JsonObject, block_type: type };
}

async function* matchingSchemas(app: App, body: BlockSchemasFilterBody): AsyncGenerator<StoredBlockSchema> {
  const filter = body.block_schemas;
  const either = filter?.operator === 'or_';
  const typeIds = either ? null : filter?.block_type_id?.any_;
  if (typeIds) {
    for (const id of typeIds) await findBlockType(app, id);
    const found = await Promise.all(typeIds.map((id) => schemasOfType(app, id)));
    const schemas = found.flat().sort((a, b) => byText(b.created, a.created) || byText(b.id, a.id));
    for (const schema of schemas) if (matchesBlockSchema(filter, schema)) yield schema;
    return;
  }
  await ensureBlockRegistry(app);
  for await (const schema of app.store.blockSchemas.list({ descending: true })) {
    if (matchesBlockSchema(filter, schema)) yield schema;
  }
}

async function schemasOfType(app: App, typeId: string): Promise<StoredBlockSchema[]> {
  const schemas = new Map<string, StoredBlockSchema>();
  for (const schema of await app.store.blockSchemas.getMany(await packagedSchemaIds(typeId))) {
    schemas.set(schema.id, schema);
  }
  for await (const schema of app.store.blockSchemas.ofType(typeId)) schemas.set(schema.id, schema);
  return [...schemas.values()];
}

async function findByChecksum(app: App, checksum: string, version: string | null): Promise<StoredBlockSchema | null> {
  const read = async () => {
    if (version !== null) return app.store.blockSchemas.get(blockSchemaId(checksum, version));
    for await (const schema of app.store.blockSchemas.ofChecksum(checksum)) return schema;
    return app.store.blockSchemas.get(blockSchemaId(checksum, NON_VERSIONED)); // made a moment ago: the index lags
  };
  return (await read()) ?? ((await registerMissing(app, { checksum })) ? read() : null);
}

async function register(
  app: App,
  type: BlockType,
  fields: JsonObject,
  { version = NON_VERSIONED, capabilities = [] }: { version?: string; capabilities?: string[] },
): Promise<{ schema: StoredBlockSchema; created: boolean }> {
  const checksum = schemaChecksum(fields);
  const id = blockSchemaId(checksum, version);
  const existing = await findByChecksum(app, checksum, version);
  if (existing) return { schema: existing, created: false };
  const references = await registerNested(app, fields);
  const now = timestamp(app);
  const schema = {
    id,
    created: now,
    updated: now,
    checksum,
    block_type_id: type.id,
    capabilities,
    version,
    fieldsText: JSON.stringify({ ...fields, block_schema_references: references }),
  };
  try {
    await app.store.blockSchemas.create(schema);
    return { schema, created: true };
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    return { schema: (await app.store.blockSchemas.get(id)) ?? schema, created: false };
  }
}

/** Registers what `block_schema_references` names and returns it with the checksums that the nested schemas have here. */
async function registerNested(app: App, fields: JsonObject): Promise<JsonObject> {
  const references: JsonObject = {};
  for (const [name, given] of Object.entries(objectAt(fields, 'block_schema_references'))) {
    const entries = Array.isArray(given) ? given : [given];
    const registered: JsonObject[] = [];
    for (const entry of entries) if (isJsonObject(entry)) registered.push(await registerOne(app, fields, name, entry));
    references[name] = Array.isArray(given) ? registered : (registered[0] ?? given);
  }
  return references;
}

async function registerOne(app: App, fields: JsonObject, name: string, reference: JsonObject): Promise<JsonObject> {
  const slug = String(reference['block_type_slug']);
  const type = await findBlockTypeBySlug(app, slug);
  if (!type) {
    const message = `Cannot create block schema because block type '${slug}' was not found.Did you forget to register the block type?`;
    throw new ClientError('conflict', message);
  }
  const checksum = String(reference['block_schema_checksum']);
  if (await findByChecksum(app, checksum, null)) return { ...reference };
  const definitions = objectAt(fields, 'definitions');
  const own = nestedDefinition(objectAt(fields, 'properties')[name] ?? null, definitions, slug);
  if (!own) {
    throw new ClientError('invalid', `The definition of the nested block "${slug}" at "${name}" is missing.`);
  }
  const needed = reachableDefinitions(own, definitions);
  const nested = Object.keys(needed).length > 0 ? { ...own, definitions: needed } : own;
  return { block_type_slug: slug, block_schema_checksum: (await register(app, type, nested, {})).schema.checksum };
}

/** Which definition describes the block of this slug: the only one named, or the one that says so. */
function nestedDefinition(property: Json, definitions: JsonObject, slug: string): JsonObject | null {
  const named = referencedNames(property).map((name) => definitions[name]);
  const candidates = named.filter(isJsonObject);
  const only = candidates.length === 1 ? candidates[0] : undefined;
  return only ?? candidates.find((candidate) => candidate['block_type_slug'] === slug) ?? null;
}

function objectAt(fields: JsonObject, key: string): JsonObject {
  const value = fields[key];
  return isJsonObject(value) ? value : {};
}
