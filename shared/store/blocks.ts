import type { BlockType, StoredBlockDocument, StoredBlockSchema } from '../domain/blocks/block.ts';
import { Collection } from './collection.ts';
import { keys, nameSort, timeSort } from './keys.ts';
import type { Table } from './table.ts';

/** Block types: unique by slug, listed by name. */
export function blockTypeRepository(table: Table): Collection<BlockType> {
  return new Collection<BlockType>(table, {
    kind: 'blockType',
    uniqueName: (type) => type.slug,
    // The separator sorts below all that names contain, a blank included.
    indexes: (type) => ({ ix1: keys.list('blockType', `${type.name}\u0001${type.slug}`) }),
  });
}

/** Block schemas: their id is made of checksum and version; listed by creation, of a type and of a checksum as well. */
export class BlockSchemaRepository extends Collection<StoredBlockSchema> {
  constructor(table: Table) {
    super(table, {
      kind: 'blockSchema',
      indexes: (schema) => {
        const sort = timeSort(schema.created, schema.id);
        return {
          ix1: keys.list('blockSchema', sort),
          ix2: keys.children('blockSchema', schema.block_type_id, sort),
          ix3: keys.blockSchemasByChecksum(schema.checksum, sort),
        };
      },
    });
  }

  /** Newest first. */
  ofType(blockTypeId: string): AsyncGenerator<StoredBlockSchema> {
    return this.listFrom({ index: 'ix2', pk: keys.children('blockSchema', blockTypeId, '').pk, descending: true });
  }

  /** Newest first. */
  ofChecksum(checksum: string): AsyncGenerator<StoredBlockSchema> {
    return this.listFrom({ index: 'ix3', pk: keys.blockSchemasByChecksum(checksum, '').pk, descending: true });
  }
}

export const blockSchemaRepository = (table: Table): BlockSchemaRepository => new BlockSchemaRepository(table);

/** Block documents: a name is unique within its type; listed by name, of a type as well. */
export class BlockDocumentRepository extends Collection<StoredBlockDocument> {
  constructor(table: Table) {
    super(table, {
      kind: 'blockDocument',
      uniqueName: (document) => uniqueDocumentName(document.block_type_id, document.name),
      indexes: (document) => {
        const sort = nameSort(document);
        return {
          ix1: keys.list('blockDocument', sort),
          ix2: keys.children('blockDocument', document.block_type_id, sort),
        };
      },
    });
  }

  getByTypeAndName(blockTypeId: string, name: string): Promise<StoredBlockDocument | null> {
    return this.getByName(uniqueDocumentName(blockTypeId, name));
  }

  /** By name. */
  ofType(blockTypeId: string): AsyncGenerator<StoredBlockDocument> {
    return this.listFrom({ index: 'ix2', pk: keys.children('blockDocument', blockTypeId, '').pk });
  }
}

export const blockDocumentRepository = (table: Table): BlockDocumentRepository => new BlockDocumentRepository(table);

const uniqueDocumentName = (blockTypeId: string, name: string): string => `${blockTypeId}/${name}`;
