import { createHash } from 'node:crypto';

/** DynamoDB's limits on the values of keys, in bytes; they hold in indexes as well. */
export const PARTITION_KEY_BYTES = 2_048;
export const SORT_KEY_BYTES = 1_024;

/** A text of one UTF-16 unit takes at most three bytes. */
const BYTES_A_UNIT = 3;
const HASH_BYTES = 80;

/**
 * The text as it fits into a key. Names that clients choose may be of any length: what is too long keeps its beginning, so that
 * lists stay in order, and ends with its hash, so that two of them never meet.
 */
export function fitted(text: string, bytes: number): string {
  if (text.length * BYTES_A_UNIT <= bytes || Buffer.byteLength(text) <= bytes) return text;
  const hash = createHash('sha256').update(text).digest('hex');
  return `${beginning(text, bytes - HASH_BYTES)}~sha256:${hash}`;
}

/** As much of the text as so many bytes hold: what a sort key of any length begins with. */
export function beginning(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  return Buffer.from(text).subarray(0, bytes).toString().replace(/�+$/, '');
}
