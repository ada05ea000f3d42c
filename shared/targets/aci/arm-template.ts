import { isJsonObject, type Json, type JsonObject } from '../../domain/json/json.ts';
import type { JobReader } from '../parse.ts';

/** What stands in a group until its name and its resource group's location are known. */
export const NAME = '\u0000name';
export const LOCATION = '\u0000location';

const TYPE = 'Microsoft.ContainerInstance/containerGroups';
const ONE_GROUP = 'pushpool runs a single container group; put extra resources in their own deployment.';
const PARAMETER = /^parameters\('([^']+)'\)$/;

/**
 * The container group of a pool's ARM template, with the expressions that Prefect's template uses evaluated: its parameters,
 * `resourceGroup().location` and `uniqueString(…)`. pushpool puts the group itself instead of deploying a template, so anything
 * else in brackets, another resource or another type is a problem (targets.md 2.2).
 */
export function groupOfTemplate(template: JsonObject, reader: JobReader): JsonObject {
  const path = 'arm_template.resources';
  const resources = reader.list(template, 'resources', path) ?? [];
  const [group] = resources;
  if (resources.length !== 1 || !isJsonObject(group)) {
    reader.problem(path, `must hold one resource: ${ONE_GROUP}`);
    return {};
  }
  if (String(group['type']).toLowerCase() !== TYPE.toLowerCase()) {
    reader.problem(`${path}[0].type`, `must be ${TYPE}: ${ONE_GROUP}`);
    return {};
  }
  const parameters = reader.object(template, 'parameters', 'arm_template.parameters') ?? {};
  return evaluated(group, { parameters, reader, open: [] }, `${path}[0]`) as JsonObject;
}

interface Scope {
  readonly parameters: JsonObject;
  readonly reader: JobReader;
  /** Parameters whose default is being evaluated: one that leads back to itself has no value. */
  readonly open: readonly string[];
}

function evaluated(value: Json, scope: Scope, path: string): Json {
  if (Array.isArray(value)) return value.map((item, at) => evaluated(item, scope, `${path}[${at}]`));
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([name, item]) => [name, evaluated(item, scope, `${path}.${name}`)]);
    return Object.fromEntries(entries);
  }
  if (typeof value !== 'string' || !value.startsWith('[') || !value.endsWith(']')) return value;
  if (value.startsWith('[[')) return value.slice(1); // ARM's way to write a text in brackets
  return expression(value.slice(1, -1).trim(), scope, path);
}

function expression(text: string, scope: Scope, path: string): Json {
  if (/^resourceGroup\(\)\.location$/i.test(text)) return LOCATION;
  if (/^uniqueString\(.*\)$/i.test(text)) return NAME;
  const parameter = PARAMETER.exec(text)?.[1];
  if (parameter === 'container_group_name' || parameter === 'container_name') return NAME;
  const declared = parameter === undefined ? undefined : scope.parameters[parameter];
  if (
    parameter !== undefined &&
    isJsonObject(declared) &&
    'defaultValue' in declared &&
    !scope.open.includes(parameter)
  ) {
    const inner = { ...scope, open: [...scope.open, parameter] };
    return evaluated(declared['defaultValue'] ?? null, inner, `arm_template.parameters.${parameter}.defaultValue`);
  }
  scope.reader.problem(
    path,
    `the expression [${text}] is not evaluated here. Write the value itself, or a parameter with a default value.`,
  );
  return null;
}

/** The group with its name and location filled in. */
export function named(group: JsonObject, name: string, location: string): JsonObject {
  const filled = (value: Json): Json => {
    if (value === NAME) return name;
    if (value === LOCATION) return location;
    if (Array.isArray(value)) return value.map(filled);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item)]));
  };
  return filled(group) as JsonObject;
}
