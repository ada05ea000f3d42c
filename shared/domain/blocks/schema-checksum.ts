import { createHash } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '../json/json.ts';
import { pythonSortedJson } from '../json/python-sorted-json.ts';

/**
 * The checksum by which Prefect's clients know a block schema (prefect-api 8.2): SHA-256 over Python's JSON of the fields
 * without `secret_fields`, keeping only those definitions that describe no block of their own.
 */
export function schemaChecksum(fields: JsonObject): string {
  const counted = withoutSecretFields(fields) as JsonObject;
  if (isJsonObject(counted['definitions']) && Object.keys(counted['definitions']).length > 0) {
    const kept = plainDefinitions(counted, counted['definitions']);
    if (Object.keys(kept).length > 0) counted['definitions'] = kept;
    else delete counted['definitions'];
  }
  const text = `[[${pythonSortedJson(counted)}], {}]`;
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** The definitions that `part` needs, directly or through others, and that describe no block. */
export function plainDefinitions(part: Json, definitions: JsonObject): JsonObject {
  return reachableDefinitions(part, definitions, (definition) => (definition['block_type_slug'] ?? null) === null);
}

/** The definitions that `part` needs, directly or through others, as far as `follow` allows. */
export function reachableDefinitions(
  part: Json,
  definitions: JsonObject,
  follow: (definition: JsonObject) => boolean = () => true,
): JsonObject {
  const found: JsonObject = {};
  const open = referencedNames(part);
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    const definition = definitions[name];
    if (name in found || !isJsonObject(definition) || !follow(definition)) continue;
    found[name] = definition;
    open.push(...referencedNames(definition));
  }
  return found;
}

/** The names behind every `"$ref": "#/definitions/<name>"` below a value, in order. */
export function referencedNames(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(referencedNames);
  if (!isJsonObject(value)) return [];
  const own = typeof value['$ref'] === 'string' ? [value['$ref'].replace('#/definitions/', '')] : [];
  return [...own, ...Object.values(value).flatMap(referencedNames)];
}

/** Prefect does not look into lists here. */
function withoutSecretFields(value: Json): Json {
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'secret_fields');
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutSecretFields(item)]));
}
