import { isLosslessObject, type LosslessObject, parseLossless } from '../../shared/domain/json/lossless-json.ts';

/** An object of the body with the spelling of its numbers kept; undefined when the body has none under this key. */
export function losslessField(rawBody: string, key: string): LosslessObject | undefined {
  const body = parseLossless(rawBody);
  const value = isLosslessObject(body) ? body[key] : undefined;
  return isLosslessObject(value) ? value : undefined;
}
