import { blockSchemaId, packagedTypeId } from '../../domain/blocks/block-ids.ts';
import { ConflictError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json/json.ts';
import { parseLossless } from '../../domain/json/lossless-json.ts';
import { keys } from '../../store/keys.ts';
import { type App, timestamp } from '../app.ts';
import { readPackagedText } from '../packaged-data.ts';

/** `shared/api/data/block-registry.json`: the block types that exist without anybody registering them (prefect-api 8.6). */
interface PackagedRegistry {
  /** Changes with the content: another version is registered anew. */
  version: string;
  block_types: PackagedType[];
}

interface PackagedType {
  name: string;
  slug: string;
  logo_url: string | null;
  documentation_url: string | null;
  description: string | null;
  code_example: string | null;
  is_protected: boolean;
  /** Oldest first: the newest is what a new document of the type is made with. */
  block_schemas: { checksum: string; version: string; capabilities: string[]; fields: JsonObject }[];
}

const TYPES_AT_ONCE = 8;
let packaged: Promise<PackagedRegistry> | undefined;
/** Stores whose registry is known to be complete. */
const complete = new WeakMap<App['store'], Promise<void>>();

/**
 * Makes sure that every packaged block type is registered; a marker in the table says so, and each process asks once.
 * May be repeated and run at the same time elsewhere: ids are derived from slugs and checksums.
 */
export function ensureBlockRegistry(app: App): Promise<void> {
  const known = complete.get(app.store);
  if (known) return known;
  const started = registerAll(app);
  complete.set(app.store, started);
  started.catch(() => complete.delete(app.store));
  return started;
}

/**
 * Registers the one packaged type that a reader missed, unless all have been registered before: then it was deleted.
 * True when something was registered, so that the reader looks again.
 */
export async function registerMissing(
  app: App,
  missed: { slug?: string; typeId?: string; schemaId?: string; checksum?: string },
): Promise<boolean> {
  const { version, block_types } = await readRegistry();
  const type = block_types.find(
    ({ slug, block_schemas }) =>
      slug === missed.slug ||
      packagedTypeId(slug) === missed.typeId ||
      block_schemas.some(
        (schema) =>
          schema.checksum === missed.checksum || blockSchemaId(schema.checksum, schema.version) === missed.schemaId,
      ),
  );
  if (!type || complete.has(app.store) || (await isRegistered(app, version))) return false;
  await registerType(app, type);
  return true;
}

/** The ids under which the schemas of a packaged type are registered: found at once, where an index lags behind. */
export async function packagedSchemaIds(typeId: string): Promise<string[]> {
  const type = (await readRegistry()).block_types.find(({ slug }) => packagedTypeId(slug) === typeId);
  return (type?.block_schemas ?? []).map(({ checksum, version }) => blockSchemaId(checksum, version));
}

async function registerAll(app: App): Promise<void> {
  const { version, block_types } = await readRegistry();
  if (await isRegistered(app, version)) return;
  for (let start = 0; start < block_types.length; start += TYPES_AT_ONCE) {
    await Promise.all(block_types.slice(start, start + TYPES_AT_ONCE).map((type) => registerType(app, type)));
  }
  await app.store.table.put({ key: keys.setting('block-registry'), doc: { version } });
}

async function isRegistered(app: App, version: string): Promise<boolean> {
  return (await app.store.table.get<{ version: string }>(keys.setting('block-registry')))?.doc.version === version;
}

async function registerType(app: App, packagedType: PackagedType): Promise<void> {
  const { block_schemas, ...described } = packagedType;
  const now = timestamp(app);
  const id = packagedTypeId(packagedType.slug);
  const { doc, created } = await app.store.blockTypes.create({ id, created: now, updated: now, ...described });
  if (!created) await app.store.blockTypes.update(doc.id, (type) => ({ ...type, ...described, updated: now }));
  const existing = await app.store.blockSchemas.getMany(
    block_schemas.map(({ checksum, version }) => blockSchemaId(checksum, version)),
  );
  for (const [number, { fields, ...schema }] of block_schemas.entries()) {
    const schemaId = blockSchemaId(schema.checksum, schema.version);
    if (existing.some((found) => found.id === schemaId)) continue;
    const at = laterBy(now, number);
    const write = { id: schemaId, created: at, updated: at, ...schema, block_type_id: doc.id };
    try {
      await app.store.blockSchemas.create({ ...write, fieldsText: JSON.stringify(fields) });
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error; // somebody registers the same at the same time
    }
  }
}

/** Keeps the order of schemas that are registered in one go: some microseconds later. */
function laterBy(at: string, microseconds: number): string {
  return `${at.slice(0, -4)}${String(microseconds).padStart(3, '0')}Z`;
}

function readRegistry(): Promise<PackagedRegistry> {
  packaged ??= readPackagedText('block-registry.json').then(
    (text) => parseLossless(text) as unknown as PackagedRegistry,
  );
  return packaged;
}
