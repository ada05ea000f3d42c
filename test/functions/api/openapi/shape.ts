/** What a JSON Schema allows at each place, so that two schemas can be compared however they are written. */
export type Shape = Map<string, PlaceShape>;

export interface PlaceShape {
  /** `string(uuid)`, `integer`, `object`, …; without `null`. Sorted. */
  readonly types: readonly string[];
  readonly nullable: boolean;
  readonly required: boolean;
}

type Schema = Record<string, unknown>;

/** Deeper than this, values are Prefect's own documents (schemas, states, triggers), which other tests hold. */
const DEPTH = 4;

export function shapeOf(schema: unknown, components: Record<string, unknown>): Shape {
  const shape: Shape = new Map();
  walk(schema as Schema, '', true, 0);
  return shape;

  function walk(at: Schema, path: string, required: boolean, depth: number): void {
    const members = membersOf(at);
    const types = new Set(members.map(typeOf));
    if (types.has('number')) types.delete('integer');
    if (types.has('string')) types.delete('string(uuid)');
    const nullable = types.delete('null') || types.has('any');
    shape.set(path, { types: types.has('any') ? ['any'] : [...types].sort(), nullable, required });
    if (depth >= DEPTH) return;
    for (const member of members) {
      const wanted = (member['required'] ?? []) as string[];
      for (const [name, property] of Object.entries((member['properties'] ?? {}) as Record<string, Schema>)) {
        walk(property, path === '' ? name : `${path}.${name}`, wanted.includes(name), depth + 1);
      }
      if (member['items']) walk(member['items'] as Schema, `${path}[]`, true, depth + 1);
    }
  }

  /** The members of a union, its references followed. */
  function membersOf(at: Schema): Schema[] {
    const ref = at['$ref'] as string | undefined;
    if (ref) return membersOf(components[ref.split('/').at(-1)!] as Schema);
    const union = (at['anyOf'] ?? at['oneOf'] ?? at['allOf']) as Schema[] | undefined;
    if (union) return union.flatMap(membersOf);
    const type = at['type'];
    return Array.isArray(type) ? type.map((one) => ({ ...at, type: one })) : [at];
  }
}

function typeOf(schema: Schema): string {
  if (schema['const'] !== undefined) return `enum ${String(schema['const'])}`;
  const values = schema['enum'] as unknown[] | undefined;
  if (values) return `enum ${values.map(String).sort().join('|')}`;
  const format = schema['format'] as string | undefined;
  return `${(schema['type'] as string | undefined) ?? 'any'}${format ? `(${format})` : ''}`;
}

/** How ours differs from Prefect's, a line each: missing places, other types, other demands. Accepting null is no difference. */
export function shapeDifferences(ours: Shape, theirs: Shape): string[] {
  const differences: string[] = [];
  for (const [path, wanted] of theirs) {
    const place = ours.get(path);
    if (!place) differences.push(`${path}: missing`);
    else {
      const [a, b] = [place.types.join(' or '), wanted.types.join(' or ')];
      if (a !== b) differences.push(`${path}: ${a}, Prefect ${b}`);
      if (place.required !== wanted.required) differences.push(`${path}: ${place.required ? '' : 'not '}required`);
      if (wanted.nullable && !place.nullable) differences.push(`${path}: not null`);
    }
  }
  for (const path of ours.keys()) if (!theirs.has(path)) differences.push(`${path}: ours alone`);
  return differences;
}

/**
 * How what we answer differs from what Prefect answers, a line each: places that are missing or ours alone, other types, a place
 * that may be missing or null where Prefect's is not. Promising more is no difference.
 */
export function answerDifferences(ours: Shape, theirs: Shape): string[] {
  const differences: string[] = [];
  for (const [path, wanted] of theirs) {
    const place = ours.get(path);
    if (!place) {
      differences.push(`${path}: missing`);
      continue;
    }
    const [a, b] = [place.types.join(' or '), wanted.types.join(' or ')];
    if (a !== b) differences.push(`${path}: ${a}, Prefect ${b}`);
    if (wanted.required && !place.required) differences.push(`${path}: not always there`);
    if (place.nullable && !wanted.nullable) differences.push(`${path}: null at times`);
  }
  for (const path of ours.keys()) if (!theirs.has(path)) differences.push(`${path}: ours alone`);
  return differences;
}
