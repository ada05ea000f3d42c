import { TerminalError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json/json.ts';

/**
 * The base job template with these defaults of its variables. Undefined values are left alone. Throws a TerminalError for a
 * template that lacks a variable: what was made could not be used by it.
 */
export function withDefaults(template: JsonObject, defaults: Readonly<Record<string, unknown>>): JsonObject {
  const variables = template['variables'] as JsonObject | undefined;
  const properties = { ...(variables?.['properties'] as JsonObject | undefined) };
  for (const [name, value] of Object.entries(defaults)) {
    if (value === undefined) continue;
    const property = properties[name];
    if (typeof property !== 'object' || property === null) {
      throw new TerminalError(
        'template',
        `The base job template has no variable "${name}", which provisioning sets. Start from the template of the work pool's type.`,
      );
    }
    properties[name] = { ...property, default: value } as JsonObject;
  }
  return { ...template, variables: { ...variables, properties } };
}

/** How a template refers to a block document. */
export const blockReference = (id: string): JsonObject => ({ $ref: { block_document_id: id } });
