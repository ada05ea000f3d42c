import type { JsonObject } from '../json/json.ts';

/** Prefect's `BlockType`. */
export interface BlockType {
  id: string;
  created: string;
  updated: string;
  name: string;
  slug: string;
  logo_url: string | null;
  documentation_url: string | null;
  description: string | null;
  code_example: string | null;
  /** Protected types cannot be deleted. */
  is_protected: boolean;
}

/** A block schema as it is stored. */
export interface StoredBlockSchema {
  id: string;
  created: string;
  updated: string;
  checksum: string;
  block_type_id: string;
  capabilities: string[];
  version: string;
  /** `fields` as JSON text: a parsed one would lose the spelling of its numbers. */
  fieldsText: string;
}

/** Prefect's `BlockSchema`. */
export interface BlockSchema extends Omit<StoredBlockSchema, 'fieldsText'> {
  fields: JsonObject;
  block_type: BlockType | null;
}

/** A block document as it is stored: nothing of its data is readable in the table. */
export interface StoredBlockDocument {
  id: string;
  created: string;
  updated: string;
  name: string;
  block_schema_id: string;
  block_type_id: string;
  is_anonymous: boolean;
  /** The data without references, as JSON text, encrypted for `sealContext`. */
  sealedData: string;
  /** Which document stands at a key of the data. */
  references: Record<string, string>;
}

/** What a document's data is encrypted for: the two things about it that never change. */
export function sealContext(document: Pick<StoredBlockDocument, 'block_type_id' | 'name'>): string {
  return `block ${document.block_type_id} ${document.name}`;
}

export interface BlockDocumentReference {
  block_document: Pick<BlockDocument, 'id' | 'name' | 'block_type' | 'is_anonymous' | 'block_document_references'>;
}

/** Prefect's `BlockDocument`. */
export interface BlockDocument {
  id: string;
  created: string;
  updated: string;
  name: string;
  data: JsonObject;
  block_schema_id: string;
  block_schema: BlockSchema | null;
  block_type_id: string;
  block_type_name: string | null;
  block_type: BlockType | null;
  block_document_references: Record<string, BlockDocumentReference>;
  is_anonymous: boolean;
}
