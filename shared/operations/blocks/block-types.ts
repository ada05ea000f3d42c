import type { BlockTypeCreate, BlockTypesFilterBody, BlockTypeUpdate } from '../../api/schemas/block-types.ts';
import type { BlockSchemaFilter } from '../../api/schemas/filters.ts';
import type { BlockType } from '../../domain/blocks/block.ts';
import { ClientError, notFound } from '../../domain/errors.ts';
import { blockTypeEvent } from '../../domain/events/lifecycle-events.ts';
import { type App, timestamp } from '../app.ts';
import { announce } from '../events/announce.ts';
import { matchesBlockSchema, matchesBlockType } from '../filters/blocks.ts';
import { byText, takePage } from '../lists/filtering.ts';
import { ensureBlockRegistry, registerMissing } from './block-registry.ts';

/** Registers a block type. Throws 403 for reserved names, 409 when the slug is taken. */
export async function createBlockType(app: App, body: BlockTypeCreate): Promise<BlockType> {
  if (body.name.toLowerCase().startsWith('prefect')) {
    throw new ClientError('forbidden', "Block type names beginning with 'Prefect' are reserved.");
  }
  const now = timestamp(app);
  const wanted = {
    id: app.clock.newId(),
    created: now,
    updated: now,
    name: body.name,
    slug: body.slug,
    logo_url: body.logo_url ?? null,
    documentation_url: body.documentation_url ?? null,
    description: escapeHtml(body.description),
    code_example: escapeHtml(body.code_example),
    is_protected: false,
  };
  const existing = await findBlockTypeBySlug(app, body.slug);
  const made = existing ? null : await app.store.blockTypes.create(wanted);
  if (!made?.created) throw new ClientError('conflict', `Block type with name "${body.name}" already exists`);
  await announce(app, (stamp) => blockTypeEvent(stamp, 'created', made.doc));
  return made.doc;
}

export async function readBlockType(app: App, id: string): Promise<BlockType> {
  const type = await findBlockType(app, id);
  if (!type) throw notFound('Block type not found');
  return type;
}

export async function readBlockTypeBySlug(app: App, slug: string): Promise<BlockType> {
  const type = await findBlockTypeBySlug(app, slug);
  if (!type) throw notFound('Block type not found');
  return type;
}

/** Null when there is none. A packaged type that nobody has asked for yet is registered. */
export async function findBlockType(app: App, id: string): Promise<BlockType | null> {
  const read = () => app.store.blockTypes.get(id);
  return (await read()) ?? ((await registerMissing(app, { typeId: id })) ? read() : null);
}

/** The same by slug. */
export async function findBlockTypeBySlug(app: App, slug: string): Promise<BlockType | null> {
  const read = () => app.store.blockTypes.getByName(slug);
  return (await read()) ?? ((await registerMissing(app, { slug })) ? read() : null);
}

/** Applies the keys present. */
export async function updateBlockType(app: App, id: string, body: BlockTypeUpdate): Promise<void> {
  await readBlockType(app, id);
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  const updated = timestamp(app);
  const type = await app.store.blockTypes.update(id, (type) => {
    const next = { ...type, ...given };
    const changed = Object.keys(given).some((key) => next[key as keyof BlockType] !== type[key as keyof BlockType]);
    return changed ? { ...next, updated } : null;
  });
  if (type) await announce(app, (stamp) => blockTypeEvent(stamp, 'updated', type));
}

/** By name. */
export async function filterBlockTypes(app: App, body: BlockTypesFilterBody): Promise<BlockType[]> {
  return takePage(matchingTypes(app, body), body);
}

async function* matchingTypes(app: App, body: BlockTypesFilterBody): AsyncGenerator<BlockType> {
  const withSchema = body.block_schemas ? await typesWithSchema(app, body.block_schemas) : null;
  for await (const type of await candidates(app, body.block_types)) {
    if (matchesBlockType(body.block_types, type) && (withSchema?.has(type.id) ?? true)) yield type;
  }
}

async function candidates(
  app: App,
  filter: BlockTypesFilterBody['block_types'],
): Promise<AsyncIterable<BlockType> | BlockType[]> {
  const slugs = filter?.slug?.any_;
  if (!slugs) {
    await ensureBlockRegistry(app);
    return app.store.blockTypes.list();
  }
  const found = await Promise.all([...new Set(slugs)].map((slug) => findBlockTypeBySlug(app, slug)));
  return found.filter((type) => type !== null).sort((a, b) => byText(a.name, b.name) || byText(a.slug, b.slug));
}

/** The ids of the types that have a schema which matches. */
async function typesWithSchema(app: App, filter: BlockSchemaFilter): Promise<Set<string>> {
  await ensureBlockRegistry(app);
  const ids = new Set<string>();
  for await (const schema of app.store.blockSchemas.list()) {
    if (matchesBlockSchema(filter, schema)) ids.add(schema.block_type_id);
  }
  return ids;
}

/** As Prefect's server does with what comes in by `POST`. */
function escapeHtml(text: string | null | undefined): string | null {
  return text?.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') ?? null;
}
