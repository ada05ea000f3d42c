import type { JsonObject } from '../../domain/json/json.ts';
import { jsonObject } from './values.ts';

const MAX_BYTES = 512 * 1024;
const thousands = new Intl.NumberFormat('en-US');

/** Parameters of a flow run: at most 512 KiB as JSON with everything beyond ASCII escaped. */
export const parameters = jsonObject.check((payload) => {
  const bytes = escapedLength(payload.value as JsonObject);
  if (bytes <= MAX_BYTES) return;
  payload.issues.push({
    code: 'custom',
    message: `Flow run parameters must be less than ${thousands.format(MAX_BYTES)} bytes when serialized (got ${thousands.format(bytes)} bytes).`,
    input: payload.value,
  });
});

function escapedLength(value: JsonObject): number {
  const text = JSON.stringify(value);
  let escaped = 0;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) escaped++;
  return text.length + escaped * 5;
}
