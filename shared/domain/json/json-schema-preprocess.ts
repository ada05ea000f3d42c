import { isJsonObject, type Json, type JsonObject } from './json.ts';

/**
 * Prefect's preparation of a schema before it validates (prefect-api 5.5; `utilities/schema_tools/validation.py`). Schemas
 * made by older pydantic say neither that an optional field takes null nor how tuples look in draft 2020-12.
 */
export interface PreprocessOptions {
  /** Optional fields that have a default admit null as well. */
  readonly allowNullWithDefault?: boolean;
}

/** A copy of the schema as Prefect validates against it. */
export function preprocessSchema(schema: JsonObject, options: PreprocessOptions = {}): JsonObject {
  const copy = structuredClone(schema);
  fixProperties(copy, options);
  const definitions = copy['definitions'];
  if (!isJsonObject(definitions)) return copy;
  for (const definition of Object.values(definitions)) {
    if (!isJsonObject(definition)) continue;
    fixProperties(definition, options);
    const title = definition['title'];
    if ('block_type_slug' in definition && typeof title === 'string') {
      definitions[title] = { oneOf: [definition, BLOCK_REFERENCE] };
    }
  }
  return copy;
}

/** A block may be given by reference: its document's id, or text values that name it. */
const BLOCK_REFERENCE: JsonObject = {
  type: 'object',
  properties: {
    $ref: {
      oneOf: [
        { type: 'string', format: 'uuid' },
        { type: 'object', additionalProperties: { type: 'string' }, minProperties: 1 },
      ],
    },
  },
  required: ['$ref'],
};

function fixProperties(schema: JsonObject, options: PreprocessOptions): void {
  const properties = schema['properties'];
  if (!isJsonObject(properties)) return;
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  for (const [name, property] of Object.entries(properties)) {
    if (!isJsonObject(property)) continue;
    const type = property['type'];
    const optional = !required.includes(name) && (!('default' in property) || options.allowNullWithDefault === true);
    if (optional && type !== undefined && type !== 'null') {
      property['anyOf'] = [{ type }, { type: 'null' }];
      delete property['type'];
    }
    const items = property['items'];
    if (Array.isArray(items) && items.length > 0 && !property['prefixItems']) {
      property['prefixItems'] = items;
      delete property['items'];
    }
    fixProperties(property, options);
  }
}

/** A copy without `required` anywhere in it; lists are left as they are, as Prefect does. */
export function withoutRequired(schema: Json): Json {
  if (!isJsonObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => key !== 'required')
      .map(([key, value]) => [key, withoutRequired(value)]),
  );
}
