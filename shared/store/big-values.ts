import { randomUUID } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { TransientError } from '../domain/errors.ts';
import { parseLossless } from '../domain/json/lossless-json.ts';
import type { Key } from './key.ts';

/** A write is billed by the KB: documents over this are gzipped. A flow run's shrinks from 6 KB to 1.5 (decision 002). */
const PLAIN_LIMIT_BYTES = 1024;
/** A DynamoDB item ends at 400 KB: gzipped documents over this are cut into sibling items. */
const WHOLE_LIMIT_BYTES = 32 * 1024;
const PART_BYTES = 300 * 1024;

export interface EncodedDocument {
  readonly attributes: Record<string, AttributeValue>;
  readonly chunks: Uint8Array[];
  /** Where the siblings are: their id is new for every write, so that a half-done write disturbs no reader. */
  readonly parts: { readonly id: string; readonly count: number } | null;
}

/** Turns a document into attributes of its item and, when it is big, the sibling items to write first. */
export function encodeDocument(doc: unknown): EncodedDocument {
  const text = JSON.stringify(doc);
  if (Buffer.byteLength(text) <= PLAIN_LIMIT_BYTES) {
    return { attributes: { doc: { S: text } }, chunks: [], parts: null };
  }
  const gzipped = gzipSync(text);
  if (gzipped.length <= WHOLE_LIMIT_BYTES) return { attributes: { gz: { B: gzipped } }, chunks: [], parts: null };
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < gzipped.length; start += PART_BYTES) {
    chunks.push(gzipped.subarray(start, start + PART_BYTES));
  }
  const parts = { id: randomUUID(), count: chunks.length };
  return { attributes: { parts_id: { S: parts.id }, parts: { N: String(parts.count) } }, chunks, parts };
}

/** The reverse; `readPart` fetches a sibling. A sibling that a concurrent replace removed is a passing fault. */
export async function decodeDocument<Doc>(
  item: Record<string, AttributeValue>,
  readPart: (id: string, number: number) => Promise<Uint8Array | undefined>,
): Promise<{ doc: Doc; parts: EncodedDocument['parts'] }> {
  if (item['doc']?.S !== undefined) return { doc: parseLossless(item['doc'].S) as Doc, parts: null };
  if (item['gz']?.B) return { doc: parseLossless(gunzipSync(item['gz'].B).toString()) as Doc, parts: null };
  const parts = { id: item['parts_id']?.S ?? '', count: Number(item['parts']?.N ?? 0) };
  const chunks: Uint8Array[] = [];
  for (let number = 0; number < parts.count; number++) {
    const chunk = await readPart(parts.id, number);
    if (!chunk) throw new TransientError('replaced-while-read', 'The item was replaced while it was read.');
    chunks.push(chunk);
  }
  return { doc: parseLossless(gunzipSync(Buffer.concat(chunks)).toString()) as Doc, parts };
}

/** Siblings live under a partition key of their own: a query over an item collection must not meet them. */
export function partKey(key: Key, id: string, number: number): Key {
  return { pk: `PART#${key.pk}#${key.sk}#${id}`, sk: String(number).padStart(4, '0') };
}
