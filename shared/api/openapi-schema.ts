import * as z from 'zod/mini';
import { address, id, time, timeWithOffset } from './answers/values.ts';
import * as filters from './schemas/filters.ts';
import { stateCreate } from './schemas/states.ts';
import { datetime, datetimeWithOffset, seconds, secondsOrNull, uuid } from './schemas/values.ts';

export type JsonSchema = Record<string, unknown>;

/** Schemas that many bodies share, under Prefect's names for them. */
const COMPONENTS = new Map<unknown, string>([
  [filters.flowFilter, 'FlowFilter'],
  [filters.flowRunFilter, 'FlowRunFilter'],
  [filters.taskRunFilter, 'TaskRunFilter'],
  [filters.deploymentFilter, 'DeploymentFilter'],
  [filters.workPoolFilter, 'WorkPoolFilter'],
  [filters.workQueueFilter, 'WorkQueueFilter'],
  [filters.workerFilter, 'WorkerFilter'],
  [filters.logFilter, 'LogFilter'],
  [filters.variableFilter, 'VariableFilter'],
  [filters.blockTypeFilter, 'BlockTypeFilter'],
  [filters.blockSchemaFilter, 'BlockSchemaFilter'],
  [filters.blockDocumentFilter, 'BlockDocumentFilter'],
  [filters.artifactFilter, 'ArtifactFilter'],
  [filters.artifactCollectionFilter, 'ArtifactCollectionFilter'],
  [stateCreate, 'StateCreate'],
]);

const SPAN = [{ type: 'number', minimum: 0 }, { type: 'string' }];
/** Values that a schema reads from text, and what JSON Schema calls them. */
const VALUES = new Map<unknown, JsonSchema>([
  [uuid, { type: 'string', format: 'uuid' }],
  [datetime, { type: 'string', format: 'date-time' }],
  [datetimeWithOffset, { type: 'string', format: 'date-time' }],
  [seconds, { anyOf: SPAN }],
  [secondsOrNull, { anyOf: [...SPAN, { type: 'null' }] }],
  [id, { type: 'string', format: 'uuid' }],
  [time, { type: 'string', format: 'date-time' }],
  [timeWithOffset, { type: 'string', format: 'date-time' }],
  [address, { type: 'string', format: 'uri' }],
]);

/** The JSON Schema of what a schema takes; what many share is referred to as a component. */
export const inputSchema = (schema: z.ZodMiniType): JsonSchema => jsonSchemaOf(schema, COMPONENTS);

/**
 * The JSON Schema of an answer, with these schemas referred to as components by their names. It says nothing of keys that a later
 * version may add.
 */
export function answerSchema(schema: z.ZodMiniType, components: ReadonlyMap<unknown, string>): JsonSchema {
  return JSON.parse(JSON.stringify(jsonSchemaOf(schema, components)), (_, value) => {
    if (value?.type === 'object' && value.additionalProperties === false) delete value.additionalProperties;
    return value;
  });
}

function jsonSchemaOf(schema: z.ZodMiniType, components: ReadonlyMap<unknown, string>): JsonSchema {
  const { $schema, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const [name, value] = [components.get(zodSchema), VALUES.get(zodSchema)];
      if (name && (zodSchema as unknown) !== schema) become(jsonSchema, { $ref: `#/components/schemas/${name}` });
      if (value) become(jsonSchema, value);
      else withBounds(jsonSchema, zodSchema);
    },
  }) as JsonSchema;
  return json;
}

/** The shared schemas by name. */
export function componentSchemas(): Record<string, JsonSchema> {
  return Object.fromEntries([...COMPONENTS].map(([schema, name]) => [name, inputSchema(schema as z.ZodMiniType)]));
}

/** zod bounds every integer by what a double can hold, and forgets the bounds that its checks set before. */
function withBounds(json: JsonSchema, schema: { _zod: { def: { checks?: readonly unknown[] | undefined } } }): void {
  if (json['type'] !== 'integer' && json['type'] !== 'number') return;
  if (json['minimum'] === Number.MIN_SAFE_INTEGER) delete json['minimum'];
  if (json['maximum'] === Number.MAX_SAFE_INTEGER) delete json['maximum'];
  for (const check of schema._zod.def.checks ?? []) {
    const { check: kind, value } = (check as { _zod: { def: { check: string; value?: number } } })._zod.def;
    if (kind === 'greater_than') json['minimum'] = value;
    if (kind === 'less_than') json['maximum'] = value;
  }
}

function become(target: JsonSchema, source: JsonSchema): void {
  for (const key of Object.keys(target)) delete target[key];
  Object.assign(target, source);
}
