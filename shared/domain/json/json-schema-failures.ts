import { jsonSchemaValidator } from '../libraries.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { pythonRepr } from './python-text.ts';

/**
 * One broken keyword, as Python's jsonschema reports it: `context` holds what the branches of an `anyOf` or `oneOf` object to.
 * The library judges every assertion; this walk gives the order and the sentences of Python's, which Prefect's clients see.
 */
export interface Failure {
  readonly keyword: string;
  /** From the root of the values. */
  readonly path: Path;
  readonly message: string;
  readonly context: readonly Failure[];
  /** Whether the value has the type its schema asks for: among branches the nearest miss is told. */
  readonly matchesType: boolean;
}

export type Path = readonly (string | number)[];

/** A `$ref` to a place that the schema does not have. */
export class UnresolvableReference extends Error {
  readonly pointer: string;

  constructor(pointer: string) {
    super(`Unresolvable $ref: ${pointer}`);
    this.pointer = pointer;
  }
}

interface Place {
  readonly root: Json;
  readonly schema: JsonObject;
  readonly instance: Json;
  readonly path: Path;
}

type Problem = Failure | string;
type Check = (value: Json, place: Place) => Iterable<Problem>;

/** Everything in which the instance breaks the schema, in the order of the schema's keys. Formats are not asserted. */
export function failuresOf(schema: Json, instance: Json, root: Json = schema, path: Path = []): Failure[] {
  if (schema === false) {
    const message = `False schema does not allow ${pythonRepr(instance)}`;
    return [{ keyword: 'false', path, message, context: [], matchesType: false }];
  }
  if (!isJsonObject(schema)) return [];
  const place: Place = { root, schema, instance, path };
  const matchesType = schema['type'] !== undefined && holds('type', schema['type'], instance);
  const failures: Failure[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    const check = Object.hasOwn(CHECKS, keyword) ? CHECKS[keyword] : undefined;
    for (const problem of check?.(value, place) ?? []) {
      failures.push(
        typeof problem === 'string' ? { keyword, path, message: problem, context: [], matchesType } : problem,
      );
    }
  }
  return failures;
}

/** One assertion, judged by the library. */
function holds(keyword: string, value: Json, instance: Json): boolean {
  return jsonSchemaValidator().validate(instance, { [keyword]: value } as never, '2020-12', Object.create(null)).valid;
}

/** Into a sub-schema. A `false` schema is reported at the place above it, as Python does. */
const descend = (place: Place, schema: Json, step?: string | number, instance = place.instance): Failure[] =>
  failuresOf(schema, instance, place.root, step === undefined || schema === false ? place.path : [...place.path, step]);

const fits = (place: Place, schema: Json, instance = place.instance): boolean =>
  descend(place, schema, undefined, instance).length === 0;

/** An assertion without sub-schemas: `sentence` follows the value's repr. */
const assertion =
  (keyword: string, sentence: (value: Json) => string): Check =>
  (value, { instance }) =>
    holds(keyword, value, instance) ? [] : [`${pythonRepr(instance)} ${sentence(value)}`];

const CHECKS: Record<string, Check> = {
  type: assertion('type', (types) => `is not of type ${[types].flat().map(pythonRepr).join(', ')}`),
  enum: assertion('enum', (values) => `is not one of ${pythonRepr(values)}`),
  const: (value, { instance }) => (holds('const', value, instance) ? [] : [`${pythonRepr(value)} was expected`]),
  minimum: assertion('minimum', (bound) => `is less than the minimum of ${pythonRepr(bound)}`),
  maximum: assertion('maximum', (bound) => `is greater than the maximum of ${pythonRepr(bound)}`),
  exclusiveMinimum: assertion(
    'exclusiveMinimum',
    (bound) => `is less than or equal to the minimum of ${pythonRepr(bound)}`,
  ),
  exclusiveMaximum: assertion(
    'exclusiveMaximum',
    (bound) => `is greater than or equal to the maximum of ${pythonRepr(bound)}`,
  ),
  multipleOf: assertion('multipleOf', (divisor) => `is not a multiple of ${pythonRepr(divisor)}`),
  minLength: assertion('minLength', (least) => (least === 1 ? 'should be non-empty' : 'is too short')),
  maxLength: assertion('maxLength', (most) => (most === 0 ? 'is expected to be empty' : 'is too long')),
  minItems: assertion('minItems', (least) => (least === 1 ? 'should be non-empty' : 'is too short')),
  maxItems: assertion('maxItems', (most) => (most === 0 ? 'is expected to be empty' : 'is too long')),
  minProperties: assertion('minProperties', (least) =>
    least === 1 ? 'should be non-empty' : 'does not have enough properties',
  ),
  maxProperties: assertion('maxProperties', (most) =>
    most === 0 ? 'is expected to be empty' : 'has too many properties',
  ),
  uniqueItems: assertion('uniqueItems', () => 'has non-unique elements'),
  pattern: assertion('pattern', (pattern) => `does not match ${pythonRepr(pattern)}`),

  *required(names, { instance }) {
    if (!isJsonObject(instance) || !Array.isArray(names)) return;
    for (const name of names) {
      if (!Object.hasOwn(instance, String(name))) yield `${pythonRepr(name)} is a required property`;
    }
  },
  *dependentRequired(dependencies, { instance }) {
    if (!isJsonObject(instance) || !isJsonObject(dependencies)) return;
    for (const [property, needed] of Object.entries(dependencies)) {
      if (!Object.hasOwn(instance, property) || !Array.isArray(needed)) continue;
      for (const name of needed) {
        if (!Object.hasOwn(instance, String(name)))
          yield `${pythonRepr(name)} is a dependency of ${pythonRepr(property)}`;
      }
    }
  },
  *dependentSchemas(schemas, place) {
    if (!isJsonObject(place.instance) || !isJsonObject(schemas)) return;
    for (const [property, schema] of Object.entries(schemas)) {
      if (Object.hasOwn(place.instance, property)) yield* descend(place, schema);
    }
  },

  *properties(properties, place) {
    if (!isJsonObject(place.instance) || !isJsonObject(properties)) return;
    for (const [name, schema] of Object.entries(properties)) {
      if (Object.hasOwn(place.instance, name)) yield* descend(place, schema, name, place.instance[name]);
    }
  },
  *patternProperties(patterns, place) {
    if (!isJsonObject(place.instance) || !isJsonObject(patterns)) return;
    for (const [pattern, schema] of Object.entries(patterns)) {
      for (const [name, item] of Object.entries(place.instance)) {
        if (holds('pattern', pattern, name)) yield* descend(place, schema, name, item);
      }
    }
  },
  *additionalProperties(schema, place) {
    if (!isJsonObject(place.instance)) return;
    const declared = place.schema['properties'] ?? {};
    const patterns = Object.keys((place.schema['patternProperties'] as JsonObject | undefined) ?? {});
    const extras = Object.keys(place.instance).filter(
      (name) => !Object.hasOwn(declared as JsonObject, name) && !patterns.some((each) => holds('pattern', each, name)),
    );
    if (isJsonObject(schema)) {
      for (const name of extras) yield* descend(place, schema, name, place.instance[name]);
    } else if (schema === false && extras.length > 0) {
      const names = extras.toSorted().map(pythonRepr).join(', ');
      if (patterns.length === 0) {
        const verb = extras.length === 1 ? 'was' : 'were';
        yield `Additional properties are not allowed (${names} ${verb} unexpected)`;
      } else {
        const verb = extras.length === 1 ? 'does' : 'do';
        yield `${names} ${verb} not match any of the regexes: ${patterns.toSorted().map(pythonRepr).join(', ')}`;
      }
    }
  },
  *propertyNames(schema, place) {
    if (!isJsonObject(place.instance)) return;
    for (const name of Object.keys(place.instance)) yield* descend(place, schema, undefined, name);
  },

  *prefixItems(schemas, place) {
    if (!Array.isArray(place.instance) || !Array.isArray(schemas)) return;
    for (const [index, item] of place.instance.slice(0, schemas.length).entries()) {
      yield* descend(place, schemas[index] ?? true, index, item);
    }
  },
  *items(schema, place) {
    if (!Array.isArray(place.instance)) return;
    const prefixItems = place.schema['prefixItems'];
    const prefix = Array.isArray(prefixItems) ? prefixItems.length : 0;
    const rest = place.instance.slice(prefix);
    if (schema === false && rest.length > 0) {
      const shown = pythonRepr(rest.length === 1 ? (rest[0] ?? null) : rest);
      yield `Expected at most ${prefix} ${prefix === 1 ? 'item' : 'items'} but found ${rest.length} extra: ${shown}`;
    } else {
      for (const [index, item] of rest.entries()) yield* descend(place, schema, prefix + index, item);
    }
  },
  *contains(schema, place) {
    if (!Array.isArray(place.instance)) return;
    const matches = place.instance.filter((item) => fits(place, schema, item)).length;
    const least = Number(place.schema['minContains'] ?? 1);
    const most = Number(place.schema['maxContains'] ?? place.instance.length);
    if (matches > most) yield `Too many items match the given schema (expected at most ${most})`;
    else if (matches < least && matches === 0)
      yield `${pythonRepr(place.instance)} does not contain items matching the given schema`;
    else if (matches < least)
      yield `Too few items match the given schema (expected at least ${least} but only ${matches} matched)`;
  },

  *allOf(schemas, place) {
    for (const schema of Array.isArray(schemas) ? schemas : []) yield* descend(place, schema);
  },
  *anyOf(schemas, place) {
    const branches = (Array.isArray(schemas) ? schemas : []).map((schema) => descend(place, schema));
    if (!branches.some((failures) => failures.length === 0)) yield noBranch('anyOf', place, branches.flat());
  },
  *oneOf(schemas, place) {
    const all = Array.isArray(schemas) ? schemas : [];
    const branches = all.map((schema) => descend(place, schema));
    const valid = all.filter((_, index) => branches[index]?.length === 0);
    if (valid.length === 0) yield noBranch('oneOf', place, branches.flat());
    const [first, ...more] = valid;
    if (more.length > 0 && first !== undefined) {
      const shown = [...more, first].map(pythonRepr).join(', ');
      yield `${pythonRepr(place.instance)} is valid under each of ${shown}`;
    }
  },
  *not(schema, place) {
    if (fits(place, schema)) yield `${pythonRepr(place.instance)} should not be valid under ${pythonRepr(schema)}`;
  },
  *if(schema, place) {
    const branch = fits(place, schema) ? place.schema['then'] : place.schema['else'];
    if (branch !== undefined) yield* descend(place, branch);
  },
  *$ref(reference, place) {
    yield* descend(place, follow(String(reference), place.root));
  },
};

function noBranch(keyword: string, place: Place, context: Failure[]): Failure {
  const matchesType = place.schema['type'] !== undefined && holds('type', place.schema['type'], place.instance);
  const message = `${pythonRepr(place.instance)} is not valid under any of the given schemas`;
  return { keyword, path: place.path, message, context, matchesType };
}

/** What a local reference (`#`, `#/definitions/X`) points to; nothing is ever fetched. */
function follow(reference: string, root: Json): Json {
  if (!reference.startsWith('#')) throw new UnresolvableReference(reference);
  const parts = reference.slice(1).split('/').slice(1);
  return parts.reduce<Json>((value, part) => {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    const next =
      isJsonObject(value) && Object.hasOwn(value, key)
        ? value[key]
        : Array.isArray(value)
          ? value[Number(key)]
          : undefined;
    if (next === undefined) throw new UnresolvableReference(reference);
    return next;
  }, root);
}
