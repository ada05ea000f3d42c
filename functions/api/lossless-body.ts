import { isJsonObject, type JsonObject } from '../../shared/domain/json/json.ts';
import { parseLossless } from '../../shared/domain/json/lossless-json.ts';

/** An object of the body with the spelling of its numbers kept; undefined when the body has none under this key. */
export function losslessField(rawBody: string, key: string): JsonObject | undefined {
  const body = parseLossless(rawBody);
  const value = isJsonObject(body) ? body[key] : undefined;
  return isJsonObject(value) ? value : undefined;
}
