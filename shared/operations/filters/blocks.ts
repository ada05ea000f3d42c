import type { BlockDocumentFilter, BlockSchemaFilter, BlockTypeFilter } from '../../api/schemas/filters.ts';
import type { BlockType, StoredBlockDocument, StoredBlockSchema } from '../../domain/blocks/block.ts';
import { anyOf, combine, like, named } from '../../domain/filters/criteria.ts';

type Maybe<Filter> = Filter | null | undefined;

export function matchesBlockType(filter: Maybe<BlockTypeFilter>, type: BlockType): boolean {
  if (!filter) return true;
  return combine('and_', [like(filter.name?.like_, type.name), anyOf(filter.slug?.any_, type.slug)]);
}

export function matchesBlockSchema(filter: Maybe<BlockSchemaFilter>, schema: StoredBlockSchema): boolean {
  if (!filter) return true;
  const wanted = filter.block_capabilities?.all_;
  return combine(filter.operator, [
    anyOf(filter.block_type_id?.any_, schema.block_type_id),
    wanted?.length ? wanted.every((capability) => schema.capabilities.includes(capability)) : null,
    named(filter.id, schema.id),
    anyOf(filter.version?.any_, schema.version),
  ]);
}

/** Anonymous documents are left out unless `is_anonymous` is given; null means both. */
export function matchesBlockDocument(filter: Maybe<BlockDocumentFilter>, document: StoredBlockDocument): boolean {
  const { operator, id, block_type_id, name, is_anonymous = { eq_: false } } = filter ?? {};
  const wanted = is_anonymous?.eq_ ?? null;
  return combine(operator, [
    named(id, document.id),
    wanted === null ? null : document.is_anonymous === wanted,
    anyOf(block_type_id?.any_, document.block_type_id),
    named(name, document.name),
  ]);
}
