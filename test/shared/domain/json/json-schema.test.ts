import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../../shared/domain/json/json.ts';
import { schemaProblem, validateAgainstSchema, violationSentence } from '../../../../shared/domain/json/json-schema.ts';

interface Options {
  ignore_required?: boolean;
  allow_none_with_default?: boolean;
  preprocess?: boolean;
}
type Vector = [schema: JsonObject, values: JsonObject, options: Options, outcome: string | null];

/** Made with Prefect's own code by `data/make-json-schema-vectors.py`. */
const vectors = JSON.parse(readFileSync(new URL('data/json-schema.json', import.meta.url), 'utf8')) as Vector[];

function outcomeOf(schema: JsonObject, values: JsonObject, options: Options): string | null {
  try {
    return violationSentence(
      validateAgainstSchema(schema, values, {
        ignoreRequired: options.ignore_required ?? false,
        allowNullWithDefault: options.allow_none_with_default ?? false,
        preprocess: options.preprocess ?? true,
      }),
    );
  } catch {
    return 'CIRCULAR';
  }
}

describe('validation against a JSON Schema', () => {
  it('gives the sentence that Prefect gives, for every vector', () => {
    const different = vectors
      .map(([schema, values, options, expected]) => ({
        schema: JSON.stringify(schema),
        values: JSON.stringify(values),
        options,
        expected,
        actual: outcomeOf(schema, values, options),
      }))
      .filter(({ expected, actual }) => expected !== actual);

    expect(different).toEqual([]);
  });

  it('reports every violation, the one Prefect tells first', () => {
    const schema = { properties: { a: { type: 'integer' }, b: { type: 'string' } }, required: ['a', 'b', 'c'] };

    const violations = validateAgainstSchema(schema, { a: 'x', b: 1 });

    expect(violations[0]).toEqual({ path: '', message: "'c' is a required property" });
    expect(violations.map(({ path }) => path).toSorted()).toEqual(['', 'a', 'b']);
  });

  it('leaves the schema it is given as it was', () => {
    const schema: JsonObject = { properties: { a: { type: 'integer' } }, definitions: { M: { properties: {} } } };
    const before = structuredClone(schema);

    validateAgainstSchema(schema, { a: 1 });

    expect(schema).toEqual(before);
  });

  it('accepts any value under an empty schema', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => validateAgainstSchema({}, value as Json).length === 0));
  });

  it('never throws anything but its own errors, whatever JSON stands in for a schema', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (schema, value) => {
        validateAgainstSchema(schema as JsonObject, value as Json);
      }),
    );
  });
});

describe('the schema of a schema', () => {
  it('finds a keyword of the wrong type and says so in Python’s words', () => {
    expect(schemaProblem({ properties: { a: { type: 'strin' } } })).toBe(
      "'strin' is not valid under any of the given schemas",
    );
    expect(schemaProblem({ required: 'a' })).toBe("'a' is not of type 'array'");
    expect(schemaProblem({ properties: { a: { type: 'string' } }, required: ['a'] })).toBeNull();
  });
});
