import type { JsonObject } from './json.ts';

const TYPES = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];
const self = { $ref: '#' };
const list = { type: 'array', minItems: 1, items: self };
const map = { type: 'object', additionalProperties: self };
const count = { type: 'integer', minimum: 0 };
const names = { type: 'array', items: { type: 'string' }, uniqueItems: true };

/**
 * What a JSON Schema may look like (draft 2020-12, the keywords that we know). The official meta-schema is spread over files
 * joined by `$dynamicRef`, which the validator does not follow.
 */
export const META_SCHEMA: JsonObject = {
  type: ['object', 'boolean'],
  properties: {
    $ref: { type: 'string' },
    $defs: map,
    definitions: map,
    prefixItems: list,
    items: self,
    contains: self,
    additionalProperties: self,
    properties: map,
    patternProperties: map,
    dependentSchemas: map,
    propertyNames: self,
    if: self,
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: self,
    else: self,
    allOf: list,
    anyOf: list,
    oneOf: list,
    not: self,
    type: { anyOf: [{ enum: TYPES }, { type: 'array', items: { enum: TYPES }, minItems: 1, uniqueItems: true }] },
    enum: { type: 'array' },
    multipleOf: { type: 'number', exclusiveMinimum: 0 },
    maximum: { type: 'number' },
    exclusiveMaximum: { type: 'number' },
    minimum: { type: 'number' },
    exclusiveMinimum: { type: 'number' },
    maxLength: count,
    minLength: count,
    pattern: { type: 'string' },
    maxItems: count,
    minItems: count,
    uniqueItems: { type: 'boolean' },
    maxContains: count,
    minContains: count,
    maxProperties: count,
    minProperties: count,
    required: names,
    dependentRequired: { type: 'object', additionalProperties: names },
    title: { type: 'string' },
    description: { type: 'string' },
    format: { type: 'string' },
    examples: { type: 'array' },
  },
};
