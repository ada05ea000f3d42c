import type { JsonObject } from '../../shared/domain/json/json.ts';
import { pythonLiteral } from './python-literals.ts';
import { splitOutside } from './python-text.ts';
import { typeSchema } from './python-types.ts';

export interface SignatureFacts {
  readonly isMethod?: boolean;
  /** What the docstring says of each parameter. */
  readonly descriptions?: ReadonlyMap<string, string>;
}

/**
 * The parameter schema of a Python signature, in the shape that Prefect stores. Only what is plain in the source is said: a type
 * for annotations of Python's own types, a default for literals. Anything else has no type, so no run is refused for what was not
 * understood.
 */
export function parameterSchema(
  signature: string,
  { isMethod = false, descriptions = new Map() }: SignatureFacts = {},
): JsonObject | null {
  const properties: JsonObject = {};
  const required: string[] = [];
  let position = 0;
  for (const part of splitOutside(signature, ',').map((text) => text.trim())) {
    if (part === '' || part === '/' || part === '*') continue;
    if (part.startsWith('**')) return null; // takes any name: there is nothing to hold a run to
    if (part.startsWith('*')) continue;
    const [declared = '', written] = splitOutside(part, '=').map((text) => text.trim());
    const [name = '', annotation] = splitOutside(declared, ':').map((text) => text.trim());
    if (isMethod && position === 0 && (name === 'self' || name === 'cls')) continue;
    const value = written === undefined ? undefined : pythonLiteral(written);
    const description = descriptions.get(name);
    properties[name] = {
      ...(value !== undefined && { default: value }),
      ...(description !== undefined && { description }),
      position: position++,
      title: name,
      ...(annotation !== undefined && typeSchema(annotation)),
    };
    if (written === undefined) required.push(name);
  }
  return { title: 'Parameters', type: 'object', properties, ...(required.length > 0 && { required }) };
}
