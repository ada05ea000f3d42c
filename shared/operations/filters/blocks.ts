import type { BlockDocumentFilter, BlockSchemaFilter, BlockTypeFilter } from '../../api/schemas/filters.ts';
import type { BlockType, StoredBlockDocument, StoredBlockSchema } from '../../domain/blocks/block.ts';
import { anyOf, asked, combine, like, named } from '../../domain/filters/criteria.ts';

type Maybe<Filter> = Filter | null | undefined;

export function matchesBlockType(filter: Maybe<BlockTypeFilter>, type: BlockType): boolean {
  if (!filter) return true;
  return combine('and_', [like(filter.name?.like_, type.name), anyOf(filter.slug?.any_, type.slug)]);
}

export function matchesBlockSchema(filter: Maybe<BlockSchemaFilter>, schema: StoredBlockSchema): boolean {
  if (!filter) return true;
  return combine(filter.operator, [
    asked(filter.block_type_id, ({ any_ }) => [anyOf(any_, schema.block_type_id)]),
    asked(filter.block_capabilities, ({ all_ }) => [all_?.every((one) => schema.capabilities.includes(one))]),
    named(filter.id, schema.id),
    asked(filter.version, ({ any_ }) => [anyOf(any_, schema.version)]),
  ]);
}

/** Anonymous documents are left out unless `is_anonymous` is given; null means both. */
export function matchesBlockDocument(filter: Maybe<BlockDocumentFilter>, document: StoredBlockDocument): boolean {
  const { operator, id, block_type_id, name, is_anonymous = { eq_: false } } = filter ?? {};
  return combine(operator, [
    named(id, document.id),
    asked(is_anonymous, ({ eq_ }) => [eq_ == null ? null : document.is_anonymous === eq_]),
    asked(block_type_id, ({ any_ }) => [anyOf(any_, document.block_type_id)]),
    named(name, document.name),
  ]);
}
