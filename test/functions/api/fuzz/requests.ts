import fc from 'fast-check';
import { openApiDocument } from '../../../../functions/api/openapi/document.ts';
import type { Route } from '../../../../functions/api/route.ts';
import { allOperations } from '../../../../functions/api/routes.ts';
import type { World } from '../world.ts';

const operations = await allOperations();

type Schema = Record<string, unknown>;

export interface RandomRequest {
  readonly method: Route['method'];
  /** The operation's path as the API documents it. */
  readonly template: string;
  readonly path: string;
  readonly body: unknown;
}

const document = openApiDocument(operations);
const components = document.components['schemas'] as Record<string, Schema>;
/** Deeper than this, whatever fits. */
const DEPTH = 5;

/** Texts that have broken servers before. */
const AWKWARD = fc.constantFrom(
  ...[
    '',
    ' ',
    '%',
    '%zz',
    '%00',
    '\u0000',
    '..',
    '../..',
    '#',
    '?',
    '__proto__',
    'constructor',
    '\ud800',
    '😀',
    'null',
  ],
  ...['2026-02-30T00:00:00Z', '9999-12-31T23:59:59Z', '0001-01-01T00:00:00Z', '-1', '1e999', '{{ x }}', '%_%', '['],
  ...['x'.repeat(3_000), 'é'.repeat(1_100)],
);
const anyText = fc.oneof(AWKWARD, fc.string(), fc.string({ unit: 'binary' }));
const anyNumber = fc.oneof(
  fc.constantFrom(0, -1, 1, 50, 200, 201, 1e9, -1e9, 1e300, Number.MAX_SAFE_INTEGER, 0.5),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const anything = fc.oneof(fc.jsonValue({ maxDepth: 3 }), anyText, anyNumber, fc.constantFrom(null, [], {}, true));

/** Any operation with any path, query and body: mostly of the shape it asks for, often with something wrong in it. */
export function randomRequest(world: World): fc.Arbitrary<RandomRequest> {
  return fc.constantFrom(...operations).chain((route) => {
    const documented = document.paths[route.path]?.[route.method.toLowerCase()];
    const schema = documented?.requestBody?.content['application/json']?.schema;
    const query = fc.tuple(
      ...(documented?.parameters ?? [])
        .filter((parameter) => parameter.in === 'query')
        .map(({ name, schema: wanted }) => fc.option(valueLike(wanted, 1).map((value) => [name, value] as const))),
    );
    return fc.record({
      method: fc.constant(route.method),
      template: fc.constant(route.path),
      path: fc.tuple(pathOf(route.path, world), query).map(([path, given]) => path + queryText(given)),
      body: schema
        ? fc.oneof({ weight: 8, arbitrary: valueLike(schema, 0) }, anything, unreadable)
        : fc.constant(undefined),
    });
  });
}

/** Sent as it is: a body that is no JSON, or none that ends. */
const unreadable = fc.constantFrom('{', '[1,', '"', 'NaN', '{"a":1}}', '[[[[[[[[[[[[[[[[[[[[[[[[').map((text) => text);

function pathOf(template: string, world: World): fc.Arbitrary<string> {
  const parts = template.split(/(\{[^}]+\})/);
  return fc
    .tuple(fc.boolean(), ...parts.map((part) => (part.startsWith('{') ? pathPart : fc.constant(part))))
    .map(([known, ...given]) => (known ? world.pathOf(template) : given.join('')));
}

const pathPart = fc.oneof(fc.uuid(), anyText.map(encoded), fc.string(), fc.constant('name'));

/** As a client would write it; a text that cannot be written so stands as it is. */
function encoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80';
}

function queryText(given: readonly (readonly [string, unknown] | null)[]): string {
  const named = given.filter((entry) => entry !== null);
  if (named.length === 0) return '';
  const text = (value: unknown) => encoded(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  return `?${named.map(([name, value]) => `${name}=${text(value)}`).join('&')}`;
}

/** Mostly what the schema asks for; now and then anything. */
function valueLike(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (depth > DEPTH) return anything;
  return fc.oneof({ weight: 12, arbitrary: fitting(schema, depth) }, { weight: 1, arbitrary: anything });
}

function fitting(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const ref = schema['$ref'] as string | undefined;
  if (ref) return valueLike(components[ref.split('/').at(-1)!]!, depth);
  const union = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined;
  if (union) return fc.oneof(...union.map((member) => valueLike(member, depth + 1)));
  if (schema['const'] !== undefined) return fc.constant(schema['const']);
  if (schema['enum']) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const types = [schema['type'] ?? 'any'].flat() as string[];
  return fc.oneof(...types.map((type) => typed(type, schema, depth)));
}

function typed(type: string, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.oneof(fc.integer({ min: 0, max: 200 }), anyNumber);
    case 'number':
      return anyNumber;
    case 'string':
      return textOf(schema['format'] as string | undefined);
    case 'array':
      return fc.array(valueLike((schema['items'] ?? {}) as Schema, depth + 1), { maxLength: 3 });
    case 'object':
      return objectOf(schema, depth);
    default:
      return anything;
  }
}

function textOf(format: string | undefined): fc.Arbitrary<unknown> {
  if (format === 'uuid') return fc.oneof({ weight: 4, arbitrary: fc.uuid() }, anyText);
  if (format === 'date-time') {
    const times = fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') });
    return fc.oneof({ weight: 4, arbitrary: times.map((time) => time.toISOString()) }, anyText);
  }
  return anyText;
}

/** Required keys are there nine times in ten, others half the time, foreign ones now and then. */
function objectOf(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  const required = new Set(schema['required'] as string[] | undefined);
  const entries = properties.map(([name, property]) =>
    fc
      .tuple(fc.integer({ min: 0, max: 9 }), valueLike(property, depth + 1))
      .map(([luck, value]) => (luck < (required.has(name) ? 9 : 5) ? ([name, value] as const) : null)),
  );
  const foreign = fc.option(fc.tuple(anyText, anything), { freq: 8 });
  return fc
    .tuple(foreign, ...entries)
    .map((all) => Object.fromEntries(all.filter((entry) => entry !== null) as [string, unknown][]));
}
