import * as z from 'zod/mini';
import { entity, flag, id, maybeId, maybeText, object, text, tags as texts } from './values.ts';

export const blockType = z.strictObject({
  ...entity,
  name: text,
  slug: text,
  logo_url: maybeText,
  documentation_url: maybeText,
  description: maybeText,
  code_example: maybeText,
  is_protected: flag,
});

export const blockSchema = z.strictObject({
  ...entity,
  checksum: text,
  fields: object,
  block_type_id: maybeId,
  block_type: z.nullable(blockType),
  capabilities: texts,
  version: text,
});

export const blockDocument = z.strictObject({
  ...entity,
  name: maybeText,
  data: object,
  block_schema_id: id,
  block_schema: z.nullable(blockSchema),
  block_type_id: id,
  block_type_name: maybeText,
  block_type: z.nullable(blockType),
  block_document_references: z.record(z.string(), object),
  is_anonymous: flag,
});
