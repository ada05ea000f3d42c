import type { JsonObject } from '../../../shared/domain/json/json.ts';
import type { Blocks } from '../../../shared/provision/resource.ts';

/** A server that keeps blocks, and refuses them when told. */
export interface KeptBlocks extends Blocks {
  readonly kept: Map<string, JsonObject>;
  refused: boolean;
}

export function keepBlocks(): KeptBlocks {
  const kept = new Map<string, JsonObject>();
  return {
    kept,
    refused: false,
    async find(type, name) {
      const data = kept.get(`${type}/${name}`);
      return data ? { id: `${type}/${name}`, data } : null;
    },
    async create(type, name, data) {
      if (this.refused) throw new Error('The server refuses the block');
      kept.set(`${type}/${name}`, data);
      return { id: `${type}/${name}`, data };
    },
    async update({ id }, data) {
      if (this.refused) throw new Error('The server refuses the block');
      kept.set(id, { ...kept.get(id), ...data });
      return { id, data: kept.get(id)! };
    },
    async remove(id) {
      kept.delete(id);
    },
  };
}

/** A template that has these variables and nothing else. */
export const templateOf = (...names: string[]): JsonObject => ({
  job_configuration: {},
  variables: { properties: Object.fromEntries(names.map((name) => [name, { title: name }])) },
});

/** The defaults that a template's variables have. */
export function defaultsOf(template: JsonObject): JsonObject {
  const { properties } = template['variables'] as { properties: Record<string, JsonObject> };
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, property]) =>
      'default' in property ? [[name, property['default']!]] : [],
    ),
  );
}
